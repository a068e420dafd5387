"""The section `caps` of a policy: how often a person is written to."""

from dataclasses import dataclass

from ruamel.yaml.nodes import Node

from models.yaml_source import YamlSource


@dataclass(frozen=True, slots=True)
class Caps:
    """How many marketing messages a person may get."""


def parse_caps(source: YamlSource, node: Node) -> Caps:
    """Reads the section; what it does not say keeps its default. Raises `DefinitionError`."""
    source.entries(node, of="caps", known=())
    return Caps()
