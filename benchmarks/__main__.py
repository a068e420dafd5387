"""`python -m benchmarks [NAME …] [--quick | --full]`: runs benchmarks one after the other; without a name, all."""

import argparse
import sys
import tempfile
from collections.abc import Callable, Mapping, Sequence
from pathlib import Path

from benchmarks import calendar_import, claim, importing, plan, reminders
from benchmarks.database import Bench
from benchmarks.machine import describe, moment
from benchmarks.phrases import bench as phrases
from benchmarks.results import keep, show, unknown
from benchmarks.send import bench as send
from benchmarks.send import killed
from benchmarks.table import Scale, Table
from benchmarks.webhooks import bench as webhooks
from deployments.throwaway_postgres import throwaway_postgres

_BENCHMARKS: Mapping[str, Callable[[Bench, Scale], Sequence[Table]]] = {
    "send": send.run,
    "kill": killed.run,
    "plan": plan.run,
    "appointments": calendar_import.run,
    "reminders": reminders.run,
    "import": importing.run,
    "claim": claim.run,
    "webhooks": webhooks.run,
    "phrases": phrases.run,
}


def main(words: Sequence[str]) -> int:
    """Runs what was asked for; results of `--quick` are printed but not kept. Returns the exit status."""
    asked = _parser().parse_args(words)
    if complaint := unknown(asked.names, _BENCHMARKS):
        sys.stderr.write(f"{complaint}\n")
        return 2
    scale = Scale.QUICK if asked.quick else Scale.FULL if asked.full else Scale.NORMAL
    with tempfile.TemporaryDirectory(prefix="tidings-bench-") as folder, throwaway_postgres(Path(folder)) as url:
        machine = describe(url)
        for name in asked.names or _BENCHMARKS:
            tables = _BENCHMARKS[name](Bench(server_url=url, folder=Path(folder)), scale)
            for table in tables:
                show(table)
            if scale is not Scale.QUICK:
                keep(name, tables, moment=moment(), machine=machine)
    return 0


def _parser() -> argparse.ArgumentParser:
    parser = argparse.ArgumentParser(prog="python -m benchmarks", description="How fast Tidings is.")
    parser.add_argument("names", nargs="*", metavar="NAME", help=f"one of {', '.join(_BENCHMARKS)}; all if none")
    size = parser.add_mutually_exclusive_group()
    size.add_argument("--quick", action="store_true", help="see in seconds that everything runs; keeps no results")
    size.add_argument("--full", action="store_true", help="the largest sizes too; takes a while")
    return parser


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
