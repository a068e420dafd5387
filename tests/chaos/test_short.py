"""The short form: one campaign with every kind of blow. The long one is `make chaos`."""

from pathlib import Path
from random import Random

import pytest

from tests.chaos.season import run_season

SEED, PEOPLE, KILLS, RATE = 20, 600, 6, 120.0


async def test_nobody_is_written_to_twice_and_nobody_is_lost(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    season = run_season(
        tmp_path,
        random=Random(SEED),  # noqa: S311 (no secret)
        campaigns=1,
        recipients=PEOPLE,
        kills=KILLS,
        rate=RATE,
    )
    outcomes = [outcome async for outcome in season]
    (outcome,) = outcomes
    assert outcome.judgement.is_kept, f"seed {SEED}: {outcome.judgement}\n{capsys.readouterr().out}"
    assert set(outcome.kills) == {"worker", "settler", "api", "database", "frozen worker"}
    assert sum(outcome.kills.values()) > KILLS
    assert outcome.judgement.figures["eligible"] == PEOPLE * 48 // 50
