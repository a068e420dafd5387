"""The short form: one world, and oracles that are wrong on purpose. The long one is `make chaos`."""

import pytest

from tests.oracle.compare import compare, lives_of
from tests.oracle.doors import Doors
from tests.oracle.letters import Wrong
from tests.oracle.play import oracle_settings, play_world
from tests.oracle.world import World

SEED, PEOPLE = 35, 700

Played = tuple[World, Doors]


@pytest.fixture(scope="module")
def database_name() -> str:
    return "oracle"


@pytest.fixture(scope="module")
async def played(database_url: str, simulator_url: str, tmp_path_factory: pytest.TempPathFactory) -> Played:
    folder = tmp_path_factory.mktemp("oracle")
    settings = oracle_settings(database_url=database_url, simulator_url=simulator_url, home=folder / "home")
    return await play_world(settings, folder, seed=SEED, contacts=PEOPLE)


def test_what_reaches_people_is_what_the_oracle_allows(played: Played) -> None:
    world, doors = played
    found = compare(lives_of(world), doors)
    assert not found.differences, f"seed {SEED}: {found}"
    assert found.figures["contacts"] == PEOPLE
    assert all(found.figures[state] > 0 for state in ("sent", "planned", "skipped", "expired", "refused"))


@pytest.mark.parametrize(
    "wrong",
    [
        Wrong(no_states=True),
        Wrong(hours_later=1),
        Wrong(hours_later=-1),
        Wrong(no_topics=True),
        Wrong(one_more=True),
        Wrong(restores_all=True),
        Wrong(never_stale=True),
        Wrong(single_is_enough=True),
        Wrong(no_reviews=True),
    ],
    ids=lambda wrong: ", ".join(name for name, value in vars(wrong).items() if value),
)
def test_an_oracle_without_one_of_the_rules_is_seen_to_be_wrong(played: Played, wrong: Wrong) -> None:
    world, doors = played
    assert compare(lives_of(world, wrong), doors).differences
