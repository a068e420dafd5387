"""The section `consent` of a policy: what counts as a consent."""

from dataclasses import dataclass

from ruamel.yaml.nodes import Node

from models.yaml_source import YamlSource


@dataclass(frozen=True, slots=True)
class ConsentRules:
    """What counts as a consent to marketing."""


def parse_consent(source: YamlSource, node: Node) -> ConsentRules:
    """Reads the section; what it does not say keeps its default. Raises `DefinitionError`."""
    source.entries(node, of="consent", known=())
    return ConsentRules()
