"""The caps that hold for a message: those of its organization's policy, and those of the states it may go to."""

from functools import lru_cache

from sqlalchemy import RowMapping

from messaging.caps.by_law import attempt_caps
from messaging.caps.cap import Cap
from models.messages.tables import SkipReason
from models.policy.caps_section import Caps
from models.quiet_hours.place_key import place_of_key


def caps_of(row: RowMapping, caps: Caps) -> tuple[Cap, ...]:
    """All caps that hold for marketing to the person of this row, whose place may be in several states.

    The row needs a `place_key` (`models.quiet_hours.place_key`).
    """
    return _caps_of(caps, row["place_key"] if caps.by_law else None)


@lru_cache(maxsize=16_384)
def _caps_of(caps: Caps, place_key: str | None) -> tuple[Cap, ...]:
    own = [Cap(cap.hours, cap.messages, SkipReason.FREQUENCY_CAP) for cap in caps.marketing]
    regions = place_of_key(place_key).regions if place_key is not None else ()
    return (*own, *attempt_caps(regions))
