"""The caps that hold for a message: those of its organization's policy, and those of the states it may go to."""

from collections.abc import Callable, Collection, Mapping
from functools import lru_cache
from typing import Any

from messaging.caps.by_law import attempt_caps
from messaging.caps.cap import Cap
from models.messages.tables import SkipReason
from models.policy.caps_section import Caps

Regions = Callable[[Mapping[str, Any]], Collection[str]]
"""Where the person of a row may be: ISO 3166-2 codes such as US-FL; several when that cannot be told."""


def caps_of(caps: Caps, regions: Collection[str]) -> tuple[Cap, ...]:
    """All caps that hold for marketing to someone who is in one of these regions."""
    return _caps_of(caps, frozenset(regions))


@lru_cache(maxsize=4096)
def _caps_of(caps: Caps, regions: frozenset[str]) -> tuple[Cap, ...]:
    own = [Cap(hours=cap.hours, messages=cap.messages, reason=SkipReason.FREQUENCY_CAP) for cap in caps.marketing]
    return (*own, *(attempt_caps(regions) if caps.by_law else ()))
