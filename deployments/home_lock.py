"""One supervisor a home: a lock that the kernel releases when its holder dies, however it dies."""

import fcntl
import os
import time
from collections.abc import Iterator
from contextlib import contextmanager

from deployments.home import Home, HomeError
from messaging.errors import TidingsError


class HomeInUse(TidingsError):
    """Another supervisor holds this home."""


@contextmanager
def hold(home: Home, *, patience: float = 1.0) -> Iterator[None]:
    """Holds the home's lock; raises `HomeInUse` when it is not free within `patience` seconds.

    flock(2): the lock belongs to the open file, and children do not inherit the descriptor.
    """
    try:
        descriptor = os.open(home.lock, os.O_RDWR | os.O_CREAT, 0o600)
    except OSError as error:
        raise HomeError(f"TIDINGS_HOME {home.path} cannot be used ({error.strerror}).") from None
    try:
        _take(descriptor, home, deadline=time.monotonic() + patience)
        yield
    finally:
        os.close(descriptor)


def _take(descriptor: int, home: Home, *, deadline: float) -> None:
    while True:
        try:
            fcntl.flock(descriptor, fcntl.LOCK_EX | fcntl.LOCK_NB)
        except BlockingIOError:
            if time.monotonic() > deadline:
                raise HomeInUse(f"TIDINGS_HOME {home.path} is in use by another `tidings up`.") from None
            time.sleep(0.1)
        else:
            return
