"""The short form: a week of few appointments, and oracles that are wrong on purpose. Long: `make chaos`."""

from dataclasses import replace
from datetime import timedelta
from pathlib import Path
from random import Random

import pytest

from tests.fixtures.migrated_databases import Databases
from tests.reminders_week.judge import judge, lives_of
from tests.reminders_week.life import Wrong
from tests.reminders_week.play import Played, play
from tests.reminders_week.rules import RULES
from tests.reminders_week.world import World, draw_world
from tests.simulator.running import simulator_process

SEED, APPOINTMENTS = 81, 30


@pytest.fixture(scope="module")
def world() -> World:
    return draw_world(Random(SEED), appointments=APPOINTMENTS, outages=1)  # noqa: S311 (no secret)


@pytest.fixture(scope="module")
async def played(world: World, databases: Databases, tmp_path_factory: pytest.TempPathFactory) -> Played:
    folder: Path = tmp_path_factory.mktemp("week")
    with simulator_process() as simulator:
        return await play(world, folder, database_url=databases.url("week"), simulator_url=simulator, seed=SEED)


async def test_everybody_gets_what_the_oracle_says_to_the_minute(world: World, played: Played) -> None:
    found = judge(lives_of(world), played)
    assert not found.differences, f"seed {SEED}: {found.differences}"
    assert found.figures["messages"] > APPOINTMENTS
    assert found.figures["uncertain"] == 0


WRONGS = {
    "a minute later": Wrong(later=timedelta(minutes=1)),
    "nobody stops": Wrong(no_stop=True),
    "nobody is heard": Wrong(deaf=True),
    "an hour by the calendar": Wrong(
        rules=tuple(replace(rule, before=None, days=1) if rule.name == "a day" else rule for rule in RULES)
    ),
    "no hours": Wrong(rules=tuple(replace(rule, hours=()) for rule in RULES)),
    "also the confirmed": Wrong(rules=tuple(replace(rule, only_if_unconfirmed=False) for rule in RULES)),
    "no notices": Wrong(rules=tuple(replace(rule, notice="") for rule in RULES)),
}


@pytest.mark.parametrize("wrong", WRONGS.values(), ids=WRONGS.keys())
async def test_an_oracle_that_is_wrong_is_seen_to_be(world: World, played: Played, wrong: Wrong) -> None:
    assert judge(lives_of(world, wrong), played).differences
