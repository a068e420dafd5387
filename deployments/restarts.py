"""When a part that died starts again, and when it has died too often."""

from collections import deque

TOO_OFTEN = 5
WITHIN_SECONDS = 60.0
_FIRST_DELAY = 0.5


class Restarts:
    """The recent deaths of one part."""

    def __init__(self) -> None:
        self._deaths: deque[float] = deque(maxlen=TOO_OFTEN)
        self.count = 0

    def delay_after_death(self, now: float) -> float | None:
        """Seconds to wait before the next start, doubling with every recent death; None after 5 in a minute."""
        self.count += 1
        self._deaths.append(now)
        recent = sum(1 for death in self._deaths if now - death < WITHIN_SECONDS)
        if recent >= TOO_OFTEN:
            return None
        return float(_FIRST_DELAY * 2 ** (recent - 1))
