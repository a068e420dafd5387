"""The section `alerts` of a policy: when people are told that too much goes wrong, if not as the settings say.

alerts:
  failure_rate: 0.1         # by the names of a campaign's own `alerts`, which differ from these in turn
  opt_out_rate: 0.02
  minimum: 100
  window_minutes: 30
  pause: true
"""

from dataclasses import asdict, dataclass

from ruamel.yaml.nodes import Node

from models.campaigns.definition_alerts import alerts_of
from models.yaml_source import YamlSource


@dataclass(frozen=True, slots=True)
class Alerts:
    """What an organization says of alerts; what is None is as the settings say."""

    failure_rate: float | None = None
    opt_out_rate: float | None = None
    minimum: int | None = None
    window_minutes: float | None = None
    pause: bool | None = None

    @property
    def said(self) -> dict[str, float | bool]:
        """The values that were given, as `messaging.alert_rules.AlertRule.changed_by` takes them."""
        return {name: value for name, value in asdict(self).items() if value is not None}


def parse_alerts(source: YamlSource, node: Node) -> Alerts:
    """Reads the section. Raises `DefinitionError`."""
    return Alerts(**alerts_of(source, node))  # type: ignore[arg-type]  # by the fields' names
