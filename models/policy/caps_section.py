"""The section `caps` of a policy: how often a person is written to.

caps:
  marketing:                # at most so many marketing messages to a person in any so many hours; none if not said
    - {messages: 2, hours: 24}
    - {messages: 5, hours: 168}
  by_law: true              # the caps that states set on attempts (`messaging/data/attempt_caps.csv`)
"""

from dataclasses import dataclass
from datetime import timedelta
from typing import Final

from ruamel.yaml.nodes import Node

from models.yaml_source import YamlSource
from models.yaml_values import count_of, hours_of, true_of

MOST_MESSAGES: Final = 1_000


@dataclass(frozen=True, slots=True)
class MarketingCap:
    """At most `messages` marketing messages to one person in any `hours`."""

    messages: int
    hours: float

    @property
    def window(self) -> timedelta:
        """The length of the window."""
        return timedelta(hours=self.hours)


@dataclass(frozen=True, slots=True)
class Caps:
    """How many marketing messages a person may get; `by_law` is whether the caps of states hold as well."""

    marketing: tuple[MarketingCap, ...] = ()
    by_law: bool = True

    def loosened(self) -> list[str]:
        """What the section allows that some laws do not, a sentence each."""
        if self.by_law:
            return []
        return ["caps: by_law is false, so the caps of states on messages in 24 hours are not kept."]


def parse_caps(source: YamlSource, node: Node) -> Caps:
    """Reads the section; what it does not say keeps its default. Raises `DefinitionError`."""
    given = source.entries(node, of="caps", known=("marketing", "by_law"))
    items = source.items_of(given["marketing"], "marketing") if "marketing" in given else []
    by_law = true_of(source, given["by_law"], "by_law") if "by_law" in given else True
    return Caps(marketing=tuple(_cap(source, item) for item in items), by_law=by_law)


def _cap(source: YamlSource, node: Node) -> MarketingCap:
    given = source.entries(node, of="a cap", known=("messages", "hours"))
    for key in ("messages", "hours"):
        if key not in given:
            raise source.refuse(node, f'"{key}" is missing; write it like {{messages: 2, hours: 24}}')
    return MarketingCap(
        messages=count_of(source, given["messages"], "messages", most=MOST_MESSAGES),
        hours=hours_of(source, given["hours"], "hours"),
    )
