"""The section `opt_out` of a policy: what a no ends.

opt_out:
  stop_means: topic            # what a bare STOP ends: all | topic, the type and topic of the last message to them
  revoke_all_from: 2027-01-31  # from this day on a STOP ends all, whatever `stop_means` says
  keywords: [no offers]        # further whole texts that are a STOP
"""

from dataclasses import dataclass
from datetime import UTC, date, datetime, timedelta
from enum import StrEnum
from typing import Final

from ruamel.yaml.nodes import Node, ScalarNode

from models.policy.opt_out_words import parse_keywords
from models.yaml_source import YamlSource, kind_of

FCC_REVOKE_ALL: Final = date(2027, 1, 31)
"""From when a revocation counts for unrelated messages too (47 CFR 64.1200(a)(10), delayed by DA 26-12)."""

_FIRST_ZONE = timedelta(hours=14)
"""A day begins so much sooner somewhere than it does in UTC."""


class StopMeans(StrEnum):
    """What a bare STOP ends: everything, or what the person was sent last."""

    ALL = "all"
    TOPIC = "topic"


@dataclass(frozen=True, slots=True)
class OptOut:
    """What a STOP ends."""

    stop_means: StopMeans = StopMeans.ALL
    revoke_all_from: date = FCC_REVOKE_ALL
    keywords: tuple[str, ...] = ()

    def stop_ends_all(self, now: datetime) -> bool:
        """Whether a STOP at this moment ends everything; the last day of another rule ends where it ends first."""
        return (
            self.stop_means is StopMeans.ALL or (now.astimezone(UTC) + _FIRST_ZONE).date() >= self.revoke_all_from
        )


def parse_opt_out(source: YamlSource, node: Node) -> OptOut:
    """Reads the section; what it does not say keeps its default. Raises `DefinitionError`."""
    given = source.entries(node, of="opt_out", known=("stop_means", "revoke_all_from", "keywords"))
    said = {
        name: read(source, given[name])
        for name, read in (("stop_means", _means), ("revoke_all_from", _day), ("keywords", parse_keywords))
        if name in given
    }
    return OptOut(**said)  # type: ignore[arg-type]  # each reader gives what its field takes


def _means(source: YamlSource, node: Node) -> StopMeans:
    try:
        return StopMeans(str(node.value))
    except ValueError:
        raise source.refuse(node, f"stop_means must be all or topic, not {kind_of(node)}") from None


def _day(source: YamlSource, node: Node) -> date:
    try:
        return date.fromisoformat(str(node.value) if isinstance(node, ScalarNode) else "")
    except ValueError:
        raise source.refuse(node, "revoke_all_from must be a day such as 2027-01-31") from None
