"""The texts of a file: Liquid over a contact, each remembered with its place until it is checked."""

from collections.abc import Collection
from dataclasses import dataclass, field

from ruamel.yaml.nodes import Node, ScalarNode

from messaging import segments, templates
from messaging.segments import BodyTooLong
from messaging.templates import TemplateError
from models.yaml_source import DefinitionError, YamlSource
from models.yaml_text import offset_in_file

_ADVICE = 'put it in quotes, or on lines of its own after "|"'


@dataclass(slots=True)
class Bodies:
    """Every text that was read; `more` are the variables that only it may use."""

    source: YamlSource
    found: list[tuple[ScalarNode, str, frozenset[str]]] = field(default_factory=list)

    def text(self, node: Node, name: str, more: Collection[str] = ()) -> str:
        """The text of a node, less blank lines at its ends. Raises `DefinitionError`."""
        body = self.source.text_of(node, name, advice=_ADVICE).strip("\n")
        assert isinstance(node, ScalarNode)  # noqa: S101 (text_of has refused every other)
        self.found.append((node, body, frozenset(more)))
        return body

    def check(self, variables: Collection[str]) -> None:
        """Raises `DefinitionError` for the first text that is wrong; all may use these variables."""
        for node, body, more in self.found:
            try:
                template = templates.compile(body, variables=more.union(variables))
                segments.check(template.fixed_text)
            except TemplateError as error:
                raise self._refuse(node, body, error.reason, error.offset) from None
            except BodyTooLong as error:
                raise self._refuse(node, body, f"{error}".rstrip("."), 0) from None

    def _refuse(self, node: ScalarNode, body: str, reason: str, offset: int) -> DefinitionError:
        place = offset_in_file(node, file=self.source.text, body=body, offset=offset)
        return self.source.refuse_at(place, reason)
