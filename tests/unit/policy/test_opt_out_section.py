"""What a bare STOP ends, as an organization's policy says, and from when the law says it."""

from datetime import UTC, date, datetime

import pytest

from models.policy.definition import parse
from models.policy.opt_out_section import OptOut, StopMeans
from models.yaml_source import DefinitionError

TOPIC = OptOut(stop_means=StopMeans.TOPIC)
BEFORE = datetime(2026, 6, 1, tzinfo=UTC)
EVE = datetime(2027, 1, 30, 9, 59, 59, tzinfo=UTC)
THE_DAY = datetime(2027, 1, 30, 10, tzinfo=UTC)


@pytest.mark.parametrize(
    ("policy", "moment", "ends_all"),
    [
        pytest.param(OptOut(), BEFORE, True, id="everything, unless told otherwise"),
        pytest.param(TOPIC, BEFORE, False, id="the topic alone"),
        pytest.param(TOPIC, EVE, False, id="until the day begins anywhere"),
        pytest.param(TOPIC, THE_DAY, True, id="everything, once the day has begun in the first zone"),
        pytest.param(OptOut(StopMeans.TOPIC, date(2026, 6, 1)), BEFORE, True, id="sooner by choice"),
        pytest.param(OptOut(StopMeans.TOPIC, date(2026, 6, 3)), BEFORE, False, id="later by choice"),
    ],
)
def test_what_a_stop_ends(policy: OptOut, moment: datetime, *, ends_all: bool) -> None:
    assert policy.stop_ends_all(moment) is ends_all


@pytest.mark.parametrize(
    ("written", "means"),
    [
        ("stop_means: topic", TOPIC),
        ("stop_means: all", OptOut()),
        ("{stop_means: topic, revoke_all_from: 2028-02-29}", OptOut(StopMeans.TOPIC, date(2028, 2, 29))),
    ],
)
def test_the_section_is_read(written: str, means: OptOut) -> None:
    assert parse(f"opt_out:\n  {written}\n", where="policy.yaml").opt_out == means


@pytest.mark.parametrize(
    ("written", "told"),
    [
        ("stop_means: nothing", "line 2, column 15: stop_means must be all or topic"),
        ("stop_means: [all]", "line 2, column 15: stop_means must be all or topic, not a list"),
        ("revoke_all_from: soon", "line 2, column 20: revoke_all_from must be a day such as 2027-01-31"),
        ("revoke_all_from: 2027-02-30", "revoke_all_from must be a day"),
        ("stop_mean: all", 'line 2, column 3: there is no key "stop_mean"'),
    ],
)
def test_mistakes_are_told_with_their_place(written: str, told: str) -> None:
    with pytest.raises(DefinitionError) as refused:
        parse(f"opt_out:\n  {written}\n", where="policy.yaml")
    assert told in str(refused.value)
