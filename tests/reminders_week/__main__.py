"""`python -m tests.reminders_week`: a week of appointments, played through the product and beside the oracle."""

import argparse
import asyncio
import sys
import tempfile
import time
from collections.abc import Sequence
from pathlib import Path
from random import Random

from deployments.throwaway_postgres import throwaway_postgres
from tests.fixtures.migrated_databases import migrated_databases
from tests.reminders_week.judge import SHOWN, Findings, judge, lives_of, story
from tests.reminders_week.life import Life
from tests.reminders_week.play import Played, play
from tests.reminders_week.world import World, draw_world
from tests.simulator.running import simulator_process


def options(arguments: list[str]) -> argparse.Namespace:
    """The command line, parsed."""
    parser = argparse.ArgumentParser(prog="python -m tests.reminders_week", description=__doc__)
    parser.add_argument("--seed", type=int, default=1, help="draws the week (default 1)")
    parser.add_argument("--appointments", type=int, default=2_000, help="in the week (default 2000)")
    parser.add_argument("--every-minute", action="store_true", help="look in each, also where nothing is due")
    return parser.parse_args(arguments)


def main(given: argparse.Namespace) -> bool:
    """Plays it and prints what differs; True when nothing does."""
    begun = time.monotonic()
    world = draw_world(Random(given.seed), appointments=given.appointments)  # noqa: S311 (no secret)
    with (
        tempfile.TemporaryDirectory(prefix="tidings-week-") as name,
        throwaway_postgres(Path(name)) as server,
        migrated_databases(server, "tidings_week") as databases,
        simulator_process() as simulator,
    ):
        playing = play(
            world, Path(name), database_url=databases.url("week"), simulator_url=simulator, seed=given.seed
        )
        played = asyncio.run(playing)
    lives = lives_of(world)
    found = judge(lives, played)
    _show(world, lives, played, found)
    print(  # noqa: T201
        f"seed {given.seed}, from {world.begins:%d %b %Y}: {dict(found.figures)}, {played.ticks} ticks, {found}, "
        f"in {time.monotonic() - begun:.0f} s"
    )
    return not found.differences


def _show(world: World, lives: Sequence[Life], played: Played, found: Findings) -> None:
    by_phone = {life.temper.phone: life for life in lives}
    for phone, lines in list(found.differences.items())[:SHOWN]:
        told = story(by_phone[phone], world, played.arrivals)
        print(f"…{phone[-4:]}:", *lines, told, sep="\n", end="\n\n")  # noqa: T201


if __name__ == "__main__":
    sys.exit(not main(options(sys.argv[1:])))
