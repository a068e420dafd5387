"""How long to wait after failed deliveries, and when to give up."""

from datetime import timedelta

FIRST_WAIT = 5.0
LONGEST_WAIT = 3_600.0
"""Seconds."""
_GROWTH = 3.0
_SPREAD = 0.3

GIVE_UP_AFTER = timedelta(days=1)
"""Since the first attempt of a delivery, and since the first failure of a subscription that never worked since."""


def wait_after(failures: int, *, chance: float) -> float:
    """Seconds after so many failures in a row (1 and up): 5, 15, 45 s … an hour, spread by ±30 %.

    `chance` is a random number from 0 to 1; without the spread all that failed at once would return at once.
    """
    steps = min(failures - 1, 10)
    return float(min(LONGEST_WAIT, FIRST_WAIT * _GROWTH**steps) * (1 + _SPREAD * (2 * chance - 1)))
