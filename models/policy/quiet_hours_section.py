"""The section `quiet_hours` of a policy: when nobody is written to."""

from dataclasses import dataclass

from ruamel.yaml.nodes import Node

from models.yaml_source import YamlSource


@dataclass(frozen=True, slots=True)
class QuietHours:
    """When marketing may be sent, in the recipient's own time."""


def parse_quiet_hours(source: YamlSource, node: Node) -> QuietHours:
    """Reads the section; what it does not say keeps its default. Raises `DefinitionError`."""
    source.entries(node, of="quiet_hours", known=())
    return QuietHours()
