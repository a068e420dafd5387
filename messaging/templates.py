"""Message bodies as Liquid templates: unknown variables and mistakes are refused with their place.

A variable is a contact's field or attribute by its bare name: `{{ first_name | default: "there" }}`, or
`{{ ["loyalty points"] }}` for a name with a space; where the names are paths, `{{ appointment.date }}`.
See https://shopify.github.io/liquid/ for the language.
"""

from collections.abc import Collection, Iterator, Mapping
from dataclasses import dataclass
from typing import Self

from liquid import BoundTemplate, RenderContext
from liquid.builtin.content import ContentNode
from liquid.exceptions import LiquidError

from messaging.errors import TidingsError
from messaging.liquid_environment import output_buffer
from messaging.template_checks import Fault, check, fault_of

CONTACT_FIELDS = frozenset({"first_name", "last_name", "email", "phone", "country", "locale", "timezone"})
"""The variables every contact has; an import's other columns become attributes, used by their own names."""


class TemplateError(TidingsError):
    """A template cannot be used, or cannot be rendered with these values; `line` and `column` count from 1.

    `reason` is what comes after the place in the sentence; `offset` the place counted in characters from 0.
    """

    def __init__(self, sentence: str, *, line: int, column: int, fault: Fault) -> None:
        super().__init__(sentence)
        self.line = line
        self.column = column
        self.reason = fault.reason
        self.offset = fault.offset

    @classmethod
    def at(cls, fault: Fault, *, source: str, where: str) -> Self:
        """The error for a fault, its offset in the source turned into a line and a column."""
        line = source.count("\n", 0, fault.offset) + 1
        column = fault.offset - source.rfind("\n", 0, fault.offset)
        stop = "" if fault.reason.endswith("?") else "."
        sentence = f"{where}, line {line}, column {column}: {fault.reason}{stop}"
        return cls(sentence, line=line, column=column, fault=fault)


@dataclass(frozen=True, slots=True)
class Template:
    """A checked body. `variables` are the names it uses; `source` is the text it was made from."""

    source: str
    variables: frozenset[str]
    where: str
    _liquid: BoundTemplate

    @property
    def fixed_text(self) -> str:
        """The text outside of every block and variable: each rendering holds all of it, in this order."""
        return "".join(node.text for node in self._liquid.nodes if isinstance(node, ContentNode))

    def render(self, values: Mapping[str, object]) -> str:
        """The text for one contact; a missing name or None without a `default` is empty, nothing is escaped.

        Raises `TemplateError` when a filter cannot take a value, or a limit on loops or output is passed.
        """
        buffer = output_buffer()
        try:
            self._liquid.render_with_context(RenderContext(self._liquid, globals=values), buffer)
        except (LiquidError, ArithmeticError, TypeError, ValueError) as error:
            raise TemplateError.at(fault_of(error), source=self.source, where=self.where) from None
        return buffer.getvalue()


def compile(source: str, *, variables: Collection[str], where: str = "body") -> Template:  # noqa: A001 (always called as templates.compile)
    """Checks a Liquid source against the names it may use.

    `where` names the text in messages ("body", "campaign.yaml body"). Raises `TemplateError` for a syntax error
    and for a variable, filter or tag that does not exist.
    """
    liquid, faults, used = check(source, variables=variables)
    if liquid is None or faults:
        raise TemplateError.at(min(faults), source=source, where=where)
    return Template(source=source, variables=used, where=where, _liquid=liquid)


def compile_checked(source: str) -> Template:
    """The template of a source whose names were checked when it was stored: one that is no more is empty."""
    return compile(source, variables=_EveryName())


class _EveryName(Collection[str]):
    """Contains every name: for a text whose names were checked when it was stored."""

    def __contains__(self, name: object) -> bool:
        return True

    def __iter__(self) -> Iterator[str]:
        return iter(())

    def __len__(self) -> int:
        return 0
