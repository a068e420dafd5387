"""Sets the stage for the demo, plays it, and leaves nothing behind but what was asked for."""

from contextlib import ExitStack
from pathlib import Path

from cli.demo.child_stack import ChildStack, child_stack
from cli.demo.story import Ending, tell
from cli.demo.surroundings import ended_by_signals, one_stream, own_environment, own_home
from cli.demo.telling import Teller
from cli.output import print_json
from messaging.errors import TidingsError


class PromiseBroken(TidingsError):
    """The demo saw a promise broken; the text says which."""


def run(*, home: Path | None, keep: bool, as_json: bool) -> None:
    """Plays the demo. Raises `PromiseBroken`, what else goes wrong, and KeyboardInterrupt when it is ended."""
    with ended_by_signals(), own_home(home, keep=keep) as place, own_environment(place):
        with child_stack(place) as stack, ExitStack() as until:
            with one_stream(as_json=as_json):
                ending = tell(stack, until, Teller())
            if as_json:
                print_json(ending.to_json())
            if keep:
                _wait(stack, as_json=as_json)
        _require_kept(ending)


def _wait(stack: ChildStack, *, as_json: bool) -> None:
    """Leaves the stack running until Ctrl-C."""
    try:
        with one_stream(as_json=as_json):
            print(  # noqa: T201
                f"\nEverything still runs; Ctrl-C here ends it. To use other commands with it:\n"
                f"  export TIDINGS_ENV_FILE= TIDINGS_HOME={stack.home.path}"
            )
        stack.process.wait()
    except KeyboardInterrupt:
        return
    stack.require_running()


def _require_kept(ending: Ending) -> None:
    if ending.broken:
        words = "; ".join(promise.words for promise in ending.broken)
        raise PromiseBroken(f"{len(ending.broken)} of {len(ending.promises)} promises broke: {words}.")
