"""How fast requests are taken and messages sent: places in a line, by GCRA on the event loop's clock."""

from collections import defaultdict


class Line:
    """Turns at a steady rate, one line for each key."""

    def __init__(self) -> None:
        self._free_at: defaultdict[str, float] = defaultdict(float)

    def wait(self, key: str, *, now: float) -> float:
        """Seconds until the next free turn."""
        return max(self._free_at[key] - now, 0.0)

    def take(self, key: str, *, now: float, seconds: float) -> float:
        """Takes the next turn, which lasts `seconds`; returns the seconds until it begins."""
        begins = max(self._free_at[key], now)
        self._free_at[key] = begins + seconds
        return begins - now
