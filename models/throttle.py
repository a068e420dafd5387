"""How far a sender is slowed down when Twilio says that it is too fast, and how it recovers: pure arithmetic.

Halved at each complaint, it climbs back along CUBIC's curve (RFC 9438, 4.2): steep at first, flat near the speed
at which Twilio complained, then steep again. So it stays close below what Twilio allows, looks from time to time
whether more is allowed now, and needs no clockwork: its share of the rate follows from the time since the cut.
"""

CUT = 0.5
FLOOR = 0.01
"""The least share of its rate that a sender keeps."""
PLATEAU_SECONDS = 20.0
"""After how long it is back at the speed at which Twilio complained."""
ONE_BURST_SECONDS = 1.5
"""Complaints within so long of a cut are of messages granted before it (a second's worth), and cut no more."""


def share_now(share: float, *, seconds: float | None) -> float:
    """The share (0 to 1) of its rate that a sender has `seconds` after it was cut to `share`; None: never cut."""
    if seconds is None:
        return 1.0
    complained_at = share / CUT
    climbed = complained_at * (1 + (1 - CUT) * (max(seconds, 0.0) / PLATEAU_SECONDS - 1) ** 3)
    return min(1.0, max(share, climbed))


def share_after_complaint(share: float, *, seconds: float | None) -> float | None:
    """What to cut to at a complaint now, `seconds` after a cut to `share`; None when that cut answers it too."""
    if seconds is not None and seconds < ONE_BURST_SECONDS:
        return None
    return max(FLOOR, CUT * share_now(share, seconds=seconds))
