"""The section `opt_out` of a policy: what a no ends."""

from dataclasses import dataclass

from ruamel.yaml.nodes import Node

from models.yaml_source import YamlSource


@dataclass(frozen=True, slots=True)
class OptOut:
    """What a STOP ends."""


def parse_opt_out(source: YamlSource, node: Node) -> OptOut:
    """Reads the section; what it does not say keeps its default. Raises `DefinitionError`."""
    source.entries(node, of="opt_out", known=())
    return OptOut()
