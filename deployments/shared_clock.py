"""The business clock of a stack: all its processes go by it, and it goes on when the stack is started again."""

from dataclasses import replace

from deployments.stack_state import StackState
from messaging.business_clock import BusinessClock, real_now
from messaging.settings import Settings


def shared_clock(settings: Settings, last: StackState | None) -> str | None:
    """TIDINGS_CLOCK with the instant since when it runs: now, but for one that the home's last stack had too."""
    clock = settings.clock
    if clock is None:
        return None
    before = BusinessClock.read(last.clock) if last is not None and last.clock is not None else None
    since = clock.since or real_now()
    if before is not None and clock.since is None and (before.begins, before.pace) == (clock.begins, clock.pace):
        since = before.since or since
    return str(replace(clock, since=since))
