"""Where the demo plays: a home of its own, an environment without accounts, signals that end it well."""

import os
import shutil
import signal
import sys
import tempfile
from collections.abc import Iterator, MutableMapping
from contextlib import contextmanager, redirect_stderr, redirect_stdout
from io import TextIOWrapper
from pathlib import Path
from types import FrameType

from deployments.home import Home, HomeError
from deployments.home_lock import HomeInUse
from deployments.stack import find_stack

_FOREIGN = ("TWILIO_", "TIDINGS_", "PREFECT_", "SIMULATOR_", "PUBLIC_BASE_URL")


@contextmanager
def own_home(asked: Path | None, *, keep: bool) -> Iterator[Home]:
    """A home for one demo: a temporary folder, deleted at the end unless it is kept or something went wrong.

    A folder that was `asked` for is never deleted. Raises `HomeError` or `HomeInUse` when it cannot be used.
    """
    if asked is not None:
        home = Home.at(asked)
        _require_empty(home)
    else:
        home = Home.at(Path(tempfile.mkdtemp(prefix="tidings-demo-")))
    try:
        home.prepare()
        yield home
    except KeyboardInterrupt:
        _leave(home, delete=asked is None and not keep)
        raise
    except BaseException:
        print(f"Kept to look into: {home.path}, with the log files in {home.logs}.", file=sys.stderr)  # noqa: T201
        raise
    else:
        _leave(home, delete=asked is None and not keep)


def _require_empty(home: Home) -> None:
    if find_stack(home.path) is not None:
        raise HomeInUse(f"Tidings runs on {home.path}; name another folder for the demo, or none (--home DIR).")
    try:
        if home.path.exists() and any(home.path.iterdir()):
            raise HomeError(f"{home.path} is not empty; name a new or empty folder for the demo (--home DIR).")
    except OSError as error:
        raise HomeError(
            f"{home.path} cannot be used ({error.strerror}); name a folder of your own (--home DIR)."
        ) from None


def _leave(home: Home, *, delete: bool) -> None:
    if delete:
        shutil.rmtree(home.path, ignore_errors=True)
    else:
        left = f"All data is left in {home.path}; `TIDINGS_HOME={home.path} tidings up` starts it again."
        print(left, file=sys.stderr)  # noqa: T201


@contextmanager
def own_environment(home: Home, environ: MutableMapping[str, str] | None = None) -> Iterator[None]:
    """Sets the environment to this home, and to no account, database, Prefect server or `.env` of anybody's.

    The demo is not about the hour of the day at which it runs.
    """
    environ = os.environ if environ is None else environ
    before = dict(environ)
    for name in before:
        if name.upper().startswith(_FOREIGN):
            del environ[name]
    environ.update({"TIDINGS_HOME": str(home.path), "TIDINGS_ENV_FILE": "", "TIDINGS_QUIET_HOURS": "off"})
    try:
        yield
    finally:
        environ.clear()
        environ.update(before)


@contextmanager
def one_stream(*, as_json: bool) -> Iterator[None]:
    """Sends all that people read to one stream, so that it stays in order: with JSON that is standard error."""
    target = sys.stderr if as_json else sys.stdout
    if isinstance(target, TextIOWrapper):
        target.reconfigure(line_buffering=True)
    with redirect_stdout(target), redirect_stderr(target):
        yield


@contextmanager
def ended_by_signals() -> Iterator[None]:
    """Makes SIGTERM and SIGHUP end the demo as Ctrl-C does, which works even when a shell had it ignored."""
    before = {number: signal.getsignal(number) for number in (signal.SIGINT, signal.SIGTERM, signal.SIGHUP)}
    signal.signal(signal.SIGINT, signal.default_int_handler)
    signal.signal(signal.SIGTERM, _interrupt)
    signal.signal(signal.SIGHUP, _interrupt)
    try:
        yield
    finally:
        for number, handler in before.items():
            signal.signal(number, handler)


def _interrupt(_number: int, _frame: FrameType | None) -> None:
    signal.raise_signal(signal.SIGINT)
