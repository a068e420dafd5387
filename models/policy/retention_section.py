"""The section `retention` of a policy: how long what was written is kept."""

from dataclasses import dataclass

from ruamel.yaml.nodes import Node

from models.yaml_source import YamlSource


@dataclass(frozen=True, slots=True)
class Retention:
    """How long bodies, media and payloads are kept."""


def parse_retention(source: YamlSource, node: Node) -> Retention:
    """Reads the section; what it does not say keeps its default. Raises `DefinitionError`."""
    source.entries(node, of="retention", known=())
    return Retention()
