"""One business clock for several processes, which the player sets: a file that all of them have mapped."""

import mmap
import struct
import time
from bisect import bisect_left
from datetime import UTC, datetime
from pathlib import Path

_COUNT = struct.Struct("<q")
_SET = struct.Struct("<dd")
_MOST = 200_000
VARIABLE = "REMINDERS_WEEK_CLOCK"


class SetClock:
    """Stands where it was set last; it keeps every setting, with the real moment of it."""

    def __init__(self, path: Path) -> None:
        size = _COUNT.size + _MOST * _SET.size
        if not path.exists():
            with path.open("wb") as file:
                file.truncate(size)
        with path.open("r+b") as file:
            self._map = mmap.mmap(file.fileno(), size)

    def set(self, moment: datetime) -> None:
        """Business time from now on."""
        count = self._count
        _SET.pack_into(self._map, self._place(count), time.time(), moment.timestamp())
        _COUNT.pack_into(self._map, 0, count + 1)

    def __call__(self) -> datetime:
        """Business time."""
        return datetime.fromtimestamp(self._setting(self._count - 1)[1], UTC)

    def at(self, real: datetime) -> datetime:
        """Business time in the second of a real instant: other systems tell no more of it."""
        until = real.timestamp() + 1.0
        after = bisect_left(range(self._count), until, key=lambda nth: self._setting(nth)[0])
        return datetime.fromtimestamp(self._setting(max(after - 1, 0))[1], UTC)

    @property
    def _count(self) -> int:
        return int(_COUNT.unpack_from(self._map, 0)[0])

    def _setting(self, nth: int) -> tuple[float, float]:
        real, business = _SET.unpack_from(self._map, self._place(nth))
        return real, business

    def _place(self, nth: int) -> int:
        return _COUNT.size + nth * _SET.size
