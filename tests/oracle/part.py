"""A process of `python -m tests.oracle`: worlds, one after the other, on a database and simulator of its own."""

import asyncio
import sys
import time
from pathlib import Path

from tests.oracle.compare import Findings, compare, lives_of
from tests.oracle.play import oracle_settings, play_world


async def play(database_url: str, simulator_url: str, folder: Path, *, seed: int, contacts: int) -> Findings:
    """One world beside the oracle; says how long it took and what differs."""
    begun = time.monotonic()
    settings = oracle_settings(database_url=database_url, simulator_url=simulator_url, home=folder / "home")
    world, doors = await play_world(settings, folder, seed=seed, contacts=contacts)
    played = time.monotonic()
    found = compare(lives_of(world), doors)
    took = f"{played - begun:.0f} s, the oracle {time.monotonic() - played:.0f} s"
    print(f"world {seed}: {dict(found.figures)}, in {took}: {found}", file=sys.stderr, flush=True)  # noqa: T201
    return found


def main(database_url: str, simulator_url: str, folder: str, *worlds: str) -> None:
    """Plays them; a line for each says contacts, messages, states and differences, for whoever adds them up."""
    for world in worlds:
        seed, contacts = map(int, world.split(":"))
        playing = play(database_url, simulator_url, Path(folder), seed=seed, contacts=contacts)
        found = asyncio.run(playing)
        figures = (found.figures[name] for name in ("contacts", "messages", "states"))
        print(*figures, len(found.differences), flush=True)  # noqa: T201


if __name__ == "__main__":
    main(*sys.argv[1:])
