"""The section `retention` of a policy: how long what was written is kept, and what may not be written at all."""

from dataclasses import dataclass

from ruamel.yaml.nodes import Node

from messaging.personal_data import Kind
from models.yaml_source import YamlSource, suggestion
from models.yaml_values import count_of

_MOST_DAYS = 3_650
_DAYS = ("bodies_days", "media_days", "answers_days")
_KINDS = {"cards": Kind.CARD, "ssns": Kind.SSN, "ibans": Kind.IBAN}
_HANDLINGS = ("refuse", "mask", "allow")


@dataclass(frozen=True, slots=True)
class Retention:
    """How many days texts, media that people sent, and free answers to surveys are kept.

    `cards`, `ssns` and `ibans` say what becomes of such a number in a text of ours: `refuse`, `mask` or `allow`.
    In what people write, card numbers are masked always (PCI DSS 4.0, requirement 3.3).
    """

    bodies_days: int = 365
    media_days: int = 90
    answers_days: int = 730
    cards: str = "refuse"
    ssns: str = "refuse"
    ibans: str = "allow"

    def handling(self, kind: Kind) -> str:
        """What becomes of a number of this kind."""
        return {Kind.CARD: self.cards, Kind.SSN: self.ssns, Kind.IBAN: self.ibans}[kind]


def parse_retention(source: YamlSource, node: Node) -> Retention:
    """Reads the section; what it does not say keeps its default. Raises `DefinitionError`."""
    given = source.entries(node, of="retention", known=(*_DAYS, *_KINDS))
    days = {name: count_of(source, given[name], name, most=_MOST_DAYS) for name in _DAYS if name in given}
    handlings = {name: _handling(source, given[name], name) for name in _KINDS if name in given}
    return Retention(**days, **handlings)  # type: ignore[arg-type]  # by the fields' names


def _handling(source: YamlSource, node: Node, name: str) -> str:
    written = source.text_of(node, name)
    if written not in _HANDLINGS:
        raise source.refuse(node, f'{name} cannot be "{written}"{suggestion(written, _HANDLINGS)}')
    return written
