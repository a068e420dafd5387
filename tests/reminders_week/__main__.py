"""`python -m tests.reminders_week`: a week of appointments, played through the product and beside the oracle."""

import argparse
import asyncio
import sys
import tempfile
import time
from pathlib import Path
from random import Random

from sqlalchemy import text

from deployments.throwaway_postgres import throwaway_postgres
from tests.fixtures.migrated_databases import migrated_databases
from tests.reminders_week.judge import SHOWN, Findings, judge, lives_of, story
from tests.reminders_week.play import Player
from tests.reminders_week.stage import open_stage
from tests.reminders_week.world import World, draw_world
from tests.simulator.running import OTHER_SERVICE, SERVICE, simulator_process

SIMULATOR = ("--set", f'first_services=["{SERVICE}", "{OTHER_SERVICE}"]')
_STATES = text("SELECT external_id, state FROM appointments")


def options(arguments: list[str]) -> argparse.Namespace:
    """The command line, parsed."""
    parser = argparse.ArgumentParser(prog="python -m tests.reminders_week", description=__doc__)
    parser.add_argument("--seed", type=int, default=1, help="draws the week (default 1)")
    parser.add_argument("--appointments", type=int, default=2_000, help="in the week (default 2000)")
    parser.add_argument("--every-minute", action="store_true", help="look in each, also where nothing is due")
    return parser.parse_args(arguments)


async def play(
    world: World, folder: Path, *, database_url: str, simulator_url: str, seed: int, every_minute: bool = False
) -> tuple[Player, Findings]:
    """The week, and what differs."""
    async with open_stage(
        folder, database_url=database_url, simulator_url=simulator_url, begins=world.begins
    ) as stage:
        player = Player(stage, world, Random(seed), every_minute)  # noqa: S311 (no secret)
        await player.play()
        async with stage.engine.connect() as connection:
            states = {row.external_id: row.state for row in await connection.execute(_STATES)}
    return player, judge(lives_of(world), player.arrivals, states)


def main(given: argparse.Namespace) -> bool:
    """Plays it and prints what differs; True when nothing does."""
    begun = time.monotonic()
    world = draw_world(Random(given.seed), appointments=given.appointments)  # noqa: S311 (no secret)
    with (
        tempfile.TemporaryDirectory(prefix="tidings-week-") as name,
        throwaway_postgres(Path(name)) as server,
        migrated_databases(server, "tidings_week") as databases,
        simulator_process(*SIMULATOR) as simulator,
    ):
        playing = play(
            world, Path(name), database_url=databases.url("week"), simulator_url=simulator, seed=given.seed
        )
        player, found = asyncio.run(playing)
    _show(world, player, found)
    print(  # noqa: T201
        f"seed {given.seed}, from {world.begins:%d %b %Y}: {dict(found.figures)}, {player.ticks} ticks, {found}, "
        f"in {time.monotonic() - begun:.0f} s"
    )
    return not found.differences


def _show(world: World, player: Player, found: Findings) -> None:
    lives = {life.temper.phone: life for life in lives_of(world)}
    for phone, lines in list(found.differences.items())[:SHOWN]:
        told = story(lives[phone], world, player.arrivals)
        print(f"…{phone[-4:]}:", *lines, told, sep="\n", end="\n\n")  # noqa: T201


if __name__ == "__main__":
    sys.exit(not main(options(sys.argv[1:])))
