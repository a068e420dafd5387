"""`python -m tests.chaos`: campaigns one after the other under faults and kills, and the figures of all."""

import argparse
import asyncio
import sys
import tempfile
import time
from collections import Counter
from pathlib import Path
from random import Random

from tests.chaos.campaign import Outcome
from tests.chaos.season import run_season


def options(arguments: list[str]) -> argparse.Namespace:
    """The command line, parsed."""
    parser = argparse.ArgumentParser(prog="python -m tests.chaos", description=__doc__)
    parser.add_argument("--seed", type=int, default=1, help="draws faults, kills and who says STOP (default 1)")
    parser.add_argument("--campaigns", type=int, default=20, help="how many (default 20)")
    parser.add_argument("--recipients", type=int, default=5_000, help="in each campaign (default 5000)")
    parser.add_argument("--kills", type=int, default=11, help="processes killed in each campaign (default 11)")
    parser.add_argument("--rate", type=float, default=400.0, help="SMS segments a second (default 400)")
    parser.add_argument("--minutes", type=float, default=120.0, help="begin no campaign after (default 120)")
    return parser.parse_args(arguments)


async def run(given: argparse.Namespace) -> bool:
    """Runs the campaigns and tells their figures; True when every promise was kept."""
    begun, outcomes = time.monotonic(), []
    with tempfile.TemporaryDirectory(prefix="tidings-chaos-") as folder:
        season = run_season(
            Path(folder),
            random=Random(given.seed),  # noqa: S311 (no secret)
            campaigns=given.campaigns,
            recipients=given.recipients,
            kills=given.kills,
            rate=given.rate,
        )
        async for outcome in season:
            outcomes.append(outcome)
            tell(outcome)
            if time.monotonic() - begun > given.minutes * 60:
                break
        await season.aclose()
    tell_all(outcomes, seed=given.seed, seconds=time.monotonic() - begun)
    return all(outcome.judgement.is_kept for outcome in outcomes)


def tell(outcome: Outcome) -> None:
    """One line a campaign."""
    accepted, kills = outcome.judgement.figures["accepted"], sum(outcome.kills.values())
    print(  # noqa: T201
        f"campaign {outcome.number}: {accepted} accepted in {outcome.seconds:.0f} s,"
        f" hit {kills} ({dict(outcome.kills)}): {outcome.judgement}",
        flush=True,
    )


def tell_all(outcomes: list[Outcome], *, seed: int, seconds: float) -> None:
    """The figures of all campaigns together."""
    hits: Counter[str] = sum((outcome.kills for outcome in outcomes), Counter())
    figures: Counter[str] = sum((Counter(outcome.judgement.figures) for outcome in outcomes), Counter())
    frozen = hits.pop("frozen worker", 0)
    wrong = sum(not outcome.judgement.is_kept for outcome in outcomes)
    print(  # noqa: T201
        f"seed {seed}: {len(outcomes)} campaigns, {figures['accepted']} messages, "
        f"{hits.total()} kills ({dict(hits)}),"
        f" {frozen} frozen past their lease, in {seconds:.0f} s: {figures['doubled']} doubled,"
        f" {figures['lost']} lost, {wrong} campaigns with any breach"
    )


if __name__ == "__main__":
    sys.exit(not asyncio.run(run(options(sys.argv[1:]))))
