"""The section `quiet_hours` of a policy: when people may be written to, in their own time.

quiet_hours:
  applies_to: [marketing]    # transactional messages are exempt unless named here
  hours:                     # only what they and the law allow; where there is no law here, what they allow
    US: {daily: 09:00-20:00}
    DE: {mon-fri: 09:00-20:00, sat: 10:00-18:00, holidays: closed}
    elsewhere: {daily: 10:00-19:00}
  instead_of_the_law: [US-RI]    # own hours that hold in place of the law's, even where they are wider
"""

from collections.abc import Mapping
from dataclasses import dataclass, field
from functools import lru_cache

import phonenumbers
from ruamel.yaml.nodes import Node, ScalarNode

from messaging.quiet_hours.hours import Hours
from messaging.quiet_hours.public_holidays import knows_holidays
from messaging.quiet_hours.rulebook import Rulebook
from messaging.quiet_hours.rules import ELSEWHERE, Rule, shipped_rules
from messaging.quiet_hours.weeks import HoursRefused, read_week
from models.senders import MessageType
from models.yaml_source import YamlSource, suggestion

_HOLIDAYS = "holidays"
_OWN = "the organization's own policy"


@dataclass(frozen=True)
class QuietHours:
    """When messages of the types named may be sent, by region, as it was written; nothing said: by law alone."""

    applies_to: tuple[str, ...] = (MessageType.MARKETING.value,)
    hours: Mapping[str, Mapping[str, str]] = field(default_factory=dict)
    instead_of_the_law: tuple[str, ...] = ()

    def __hash__(self) -> int:
        """By what is said, so that hours are worked out once for a policy."""
        said = tuple((region, *week.items()) for region, week in self.hours.items())
        return hash((self.applies_to, said, self.instead_of_the_law))

    def check(self) -> None:
        """Raises `HoursRefused` where these hours and the law's never meet.

        For whoever sets a policy. One that was set stands although a law has changed since: people of that region
        are skipped then, and nobody else.
        """
        hours_of(self).rulebook.check()

    def loosened(self) -> list[str]:
        """What the law says and this policy knowingly sets aside, in sentences."""
        own = hours_of(self).rulebook
        return [
            f"quiet_hours: in {region} your hours ({own.rules[region][0]}) hold instead of {law} ({law.source})."
            for region, law in shipped_rules().items()
            if region in self.instead_of_the_law
        ]


@lru_cache(maxsize=256)
def hours_of(section: QuietHours) -> Hours:
    """The hours that hold by law and by this section. Raises `HoursRefused` for a section that was not parsed."""
    own = {region: _rule(region, week) for region, week in section.hours.items()}
    rulebook = Rulebook.of(own, instead=frozenset(section.instead_of_the_law))
    return Hours(rulebook, applies_to=frozenset(section.applies_to))


def parse_quiet_hours(source: YamlSource, node: Node) -> QuietHours:
    """Reads the section; what it does not say keeps its default. Raises `DefinitionError`."""
    given = source.entries(node, of="quiet_hours", known=("applies_to", "hours", "instead_of_the_law"))
    types, instead = given.get("applies_to"), given.get("instead_of_the_law")
    hours = _hours(source, given["hours"]) if "hours" in given else {}
    return QuietHours(
        applies_to=_chosen(source, types, "applies_to", [str(each) for each in MessageType])
        if types
        else QuietHours.applies_to,
        hours=hours,
        instead_of_the_law=_chosen(source, instead, "instead_of_the_law", list(hours)) if instead else (),
    )


def _hours(source: YamlSource, node: Node) -> dict[str, Mapping[str, str]]:
    found: dict[str, Mapping[str, str]] = {}
    for region, (key, value) in source.pairs_of(node, "hours").items():
        if region != ELSEWHERE and region.partition("-")[0] not in phonenumbers.SUPPORTED_REGIONS:
            raise source.refuse(key, f'there is no region "{region}"; write US, US-TX or {ELSEWHERE}')
        written = source.pairs_of(value, region)
        week = {name: _text(source, given, name) for name, (_, given) in written.items()}
        try:
            _rule(region, week)
        except HoursRefused as refused:
            raise source.refuse(value, str(refused).removesuffix(".")) from None
        found[region] = week
    return found


def _rule(region: str, written: Mapping[str, str]) -> Rule:
    week = dict(written)
    holidays = week.pop(_HOLIDAYS, "open")
    if holidays not in ("open", "closed"):
        raise HoursRefused(f'{_HOLIDAYS} must be open or closed, not "{holidays}".')
    if holidays == "closed" and region == ELSEWHERE:
        raise HoursRefused(f"{ELSEWHERE} has no holidays of its own; name the countries.")
    if holidays == "closed" and not knows_holidays(region.partition("-")[0]):
        raise HoursRefused(f"the holidays of {region} are not known here; leave `holidays` out.")
    return Rule(region, read_week(week), _OWN, closed_on_holidays=holidays == "closed")


def _chosen(source: YamlSource, node: Node, name: str, known: list[str]) -> tuple[str, ...]:
    chosen = []
    for item in source.items_of(node, name):
        text = source.text_of(item, name)
        if text not in known:
            rest = suggestion(text, known) if known else "; give it hours first"
            raise source.refuse(item, f'{name} cannot be "{text}"{rest}')
        chosen.append(text)
    return tuple(chosen)


def _text(source: YamlSource, node: Node, name: str) -> str:
    if not isinstance(node, ScalarNode):
        raise source.refuse(node, f"{name} must be hours like 09:00-20:00")
    return str(node.value)
