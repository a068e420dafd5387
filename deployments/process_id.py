"""A process by number and birth: a number alone may already belong to another."""

from typing import Self

import psutil
from pydantic import BaseModel

_SAME_BIRTH_SECONDS = 2.0  # a birth is told from the boot time, which moves a little when the clock is set


class ProcessId(BaseModel, frozen=True):
    """`pid`, and when it began in seconds since 1970."""

    pid: int
    born: float

    @classmethod
    def of(cls, pid: int) -> Self:
        """The identity of a living process. Raises `psutil.NoSuchProcess`."""
        return cls(pid=pid, born=psutil.Process(pid).create_time())

    def is_alive(self) -> bool:
        """Whether that very process still runs; one that only waits to be reaped does not."""
        try:
            process = psutil.Process(self.pid)
            same = abs(process.create_time() - self.born) < _SAME_BIRTH_SECONDS
            return same and process.status() != psutil.STATUS_ZOMBIE
        except psutil.NoSuchProcess:
            return False
