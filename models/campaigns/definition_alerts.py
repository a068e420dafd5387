"""What a campaign file may say of alerts: the values that differ from the settings."""

from collections.abc import Callable, Mapping
from functools import partial

from ruamel.yaml.nodes import Node

from models.yaml_source import YamlSource
from models.yaml_values import count_of, number_of, true_of

MOST_MESSAGES = 10_000_000
LONGEST_MINUTES = 1_440.0


def alerts_of(source: YamlSource, node: Node) -> dict[str, float | bool]:
    """The keys that are given, by their names in `messaging.alert_rules`. Raises `DefinitionError`."""
    given = source.entries(node, of="alerts", known=tuple(_VALUES))
    return {name: _VALUES[name](source, value, name) for name, value in given.items()}


def _rate_of(source: YamlSource, node: Node, name: str) -> float:
    rate = number_of(source, node, name)
    if not 0 < rate <= 1:
        raise source.refuse(node, f"{name} must be a share above 0 and up to 1, like 0.1, not {rate:g}")
    return rate


def _minutes_of(source: YamlSource, node: Node, name: str) -> float:
    minutes = number_of(source, node, name)
    if not 0 < minutes <= LONGEST_MINUTES:
        raise source.refuse(node, f"{name} must be above 0 and at most 1,440 minutes (a day), not {minutes:g}")
    return minutes


_VALUES: Mapping[str, Callable[[YamlSource, Node, str], float | bool]] = {
    "failure_rate": _rate_of,
    "opt_out_rate": _rate_of,
    "minimum": partial(count_of, most=MOST_MESSAGES),
    "window_minutes": _minutes_of,
    "pause": true_of,
}
