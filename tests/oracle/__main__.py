"""`python -m tests.oracle`: worlds of random people, each played through the product and beside the oracle."""

import argparse
import subprocess
import sys
import tempfile
import time
from collections.abc import Iterator
from contextlib import ExitStack, contextmanager
from pathlib import Path

from deployments.throwaway_postgres import throwaway_postgres
from tests.fixtures.migrated_databases import migrated_databases
from tests.simulator.running import simulator_process

IN_A_WORLD = 2_500


def options(arguments: list[str]) -> argparse.Namespace:
    """The command line, parsed."""
    parser = argparse.ArgumentParser(prog="python -m tests.oracle", description=__doc__)
    parser.add_argument("--seed", type=int, default=1, help="draws the worlds (default 1)")
    parser.add_argument("--contacts", type=int, default=100_000, help="in all worlds together (default 100000)")
    parser.add_argument("--processes", type=int, default=2, help="that play worlds side by side (default 2)")
    return parser.parse_args(arguments)


@contextmanager
def stages(number: int, folder: Path) -> Iterator[list[list[str]]]:
    """For each process a database, a simulator and a folder: their addresses."""
    with ExitStack() as stack:
        server = stack.enter_context(throwaway_postgres(folder))
        databases = stack.enter_context(migrated_databases(server, "tidings_oracle"))
        addresses = []
        for nth in range(number):
            own = folder / f"part-{nth}"
            own.mkdir()
            simulator = stack.enter_context(simulator_process())
            addresses.append([databases.url(f"part_{nth}"), simulator, str(own)])
        yield addresses


def worlds_of(seed: int, contacts: int) -> list[str]:
    """Worlds of about 2,500 contacts, each with a seed of its own."""
    number = max(1, round(contacts / IN_A_WORLD))
    sizes = [contacts * (nth + 1) // number - contacts * nth // number for nth in range(number)]
    return [f"{seed * 1_000 + nth}:{size}" for nth, size in enumerate(sizes)]


def run(given: argparse.Namespace) -> bool:
    """Plays all worlds and adds up what was found; True when nothing differs, and no process broke off."""
    begun, worlds = time.monotonic(), worlds_of(given.seed, given.contacts)
    number = min(given.processes, len(worlds))
    with tempfile.TemporaryDirectory(prefix="tidings-oracle-") as name, stages(number, Path(name)) as addresses:
        parts = [
            subprocess.Popen(
                [sys.executable, "-m", "tests.oracle.part", *each, *worlds[nth::number]],
                stdout=subprocess.PIPE,
                text=True,
            )
            for nth, each in enumerate(addresses)
        ]
        told = [line for part in parts for line in part.communicate()[0].splitlines()]
    sums = [sum(column) for column in zip(*(map(int, line.split()) for line in told), strict=True)]
    contacts, messages, states, differences = sums or [0, 0, 0, 0]
    print(  # noqa: T201
        f"seed {given.seed}: {contacts} contacts in {len(told)} worlds, {messages} messages sent,"
        f" {states} states compared, {differences} differences, in {time.monotonic() - begun:.0f} s"
    )
    return differences == 0 and len(told) == len(worlds)


if __name__ == "__main__":
    sys.exit(not run(options(sys.argv[1:])))
