"""Business time in this process: one clock for all of it, the real one until another is set.

Quiet hours, reminders, caps, consents and expiry go by it. Leases, pacing and time-outs do not: they are about
machines. Tests set a clock of their own.
"""

from collections.abc import Iterator
from contextlib import contextmanager
from datetime import datetime

from messaging.business_clock import BusinessClock, Clock, OtherTime, real_now
from messaging.settings import Settings

_clock: Clock = real_now


def business_now() -> datetime:
    """Business time now, UTC."""
    return _clock()


def business_instant(real: datetime) -> datetime:
    """Business time at a real instant, which somebody else told us of."""
    return _clock.at(real) if isinstance(_clock, OtherTime) else real


def real_instant(moment: datetime) -> datetime:
    """When a moment of business time comes really, for whoever knows no other time."""
    return _clock.real(moment) if isinstance(_clock, BusinessClock) else moment


def keep_time_by(clock: Clock) -> None:
    """From now on this process goes by another clock."""
    global _clock
    _clock = clock


def keep_time_as_set(settings: Settings) -> Clock:
    """The clock that this process goes by: from now on the one that the settings name, if they name one.

    Raises `SettingsError` when it does not say since when it runs.
    """
    if settings.clock is not None:
        settings.clock()
        keep_time_by(settings.clock)
    return _clock


@contextmanager
def time_kept_by(clock: Clock) -> Iterator[None]:
    """The same for a while."""
    before = _clock
    keep_time_by(clock)
    try:
        yield
    finally:
        keep_time_by(before)
