"""Ctrl-C and kill: the first asks for an orderly stop, the second for haste."""

import signal
from types import FrameType


class StopRequest:
    """Counts SIGINT, SIGTERM and SIGHUP (unless nohup is in force) from `listen` on, and does nothing else."""

    def __init__(self) -> None:
        self.times = 0

    def listen(self) -> None:
        """Takes the signals over from Python's own handlers. Call from the main thread."""
        for number in (signal.SIGINT, signal.SIGTERM, signal.SIGHUP):
            if number != signal.SIGHUP or signal.getsignal(number) != signal.SIG_IGN:
                signal.signal(number, self._count)

    @property
    def made(self) -> bool:
        return self.times > 0

    @property
    def hasty(self) -> bool:
        return self.times > 1

    def _count(self, _number: int, _frame: FrameType | None) -> None:
        self.times += 1
