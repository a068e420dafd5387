"""The policy of an organization as a person writes it, in one YAML file; every mistake is refused with its place.

Each section may be left out, and each key of a section; what is not said keeps its default.
A section's file says what its keys are: the fields of its dataclass, by the same names.
"""

from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from typing import Any

from ruamel.yaml.nodes import Node

from models.policy.alerts_section import Alerts, parse_alerts
from models.policy.caps_section import Caps, parse_caps
from models.policy.consent_section import ConsentRules, parse_consent
from models.policy.opt_out_section import OptOut, parse_opt_out
from models.policy.quiet_hours_section import QuietHours, parse_quiet_hours
from models.policy.retention_section import Retention, parse_retention
from models.yaml_source import YamlSource


@dataclass(frozen=True, slots=True)
class Policy:
    """What an organization has decided; all defaults are lawful."""

    quiet_hours: QuietHours = field(default_factory=QuietHours)
    caps: Caps = field(default_factory=Caps)
    consent: ConsentRules = field(default_factory=ConsentRules)
    opt_out: OptOut = field(default_factory=OptOut)
    retention: Retention = field(default_factory=Retention)
    alerts: Alerts = field(default_factory=Alerts)


_PARSERS: Mapping[str, Callable[[YamlSource, Node], Any]] = {
    "quiet_hours": parse_quiet_hours,
    "caps": parse_caps,
    "consent": parse_consent,
    "opt_out": parse_opt_out,
    "retention": parse_retention,
    "alerts": parse_alerts,
}


def parse(text: str, *, where: str) -> Policy:
    """Reads the text of a policy file; `where` is its name in messages. Raises `DefinitionError`."""
    source = YamlSource(where=where, text=text.removeprefix("\ufeff"))
    given = source.entries(source.root(), of="a policy", known=tuple(_PARSERS))
    return Policy(**{name: _PARSERS[name](source, node) for name, node in given.items()})
