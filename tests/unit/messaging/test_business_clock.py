"""A business clock that is not the real one: how it is written, what it shows, and that a process goes by it."""

from datetime import MAXYEAR, UTC, datetime, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from messaging.business_clock import BusinessClock, real_now, real_wait
from messaging.business_time import business_instant, business_now, keep_time_as_set, real_instant, time_kept_by
from messaging.errors import SettingsError
from messaging.settings import Settings, load_settings
from models.columns import utc_now

BEGINS = datetime(2026, 3, 27, 5, tzinfo=UTC)
SINCE = datetime(2026, 11, 21, 20, tzinfo=UTC)
FAST = BusinessClock(BEGINS, 600.0, SINCE)
moments = st.datetimes(datetime(2020, 1, 1), datetime(2040, 1, 1), timezones=st.just(UTC))  # noqa: DTZ001 (bounds)


@pytest.mark.parametrize(
    ("label", "written", "clock"),
    [
        ("in a place's own offset", "2026-03-27T06:00:00+01:00 x 600", BusinessClock(BEGINS, 600.0)),
        ("with the real instant", "2026-03-27T05:00Z x 600 since 2026-11-21T20:00:00+00:00", FAST),
        ("without a blank before the number", " 2026-03-27T05:00:00Z  x0.5 ", BusinessClock(BEGINS, 0.5)),
    ],
)
def test_a_clock_is_read_as_it_is_written(label: str, written: str, clock: BusinessClock) -> None:
    assert BusinessClock.read(written) == clock, label
    assert BusinessClock.read(str(clock)) == clock, label


@pytest.mark.parametrize(
    ("written", "reason"),
    [
        ("fast", "is not a clock; write it as 2026-03-27T06:00:00+01:00 x 600"),
        ("2026-03-27T06:00:00+01:00", "is not a clock"),
        ("2026-03-27T06:00:00+01:00 x -2", "is not a clock"),
        ("2026-03-27T06:00:00 x 600", "holds 2026-03-27T06:00:00, which has no offset"),
        ("2026-02-29T06:00:00Z x 600", "holds 2026-02-29T06:00:00Z, which is no time"),
        ("2026-03-27T06:00:00Z x 600 since noon", "holds noon, which is no time"),
        ("2026-03-27T06:00:00Z x 1000000", "is too fast; at most 100000 times as fast"),
    ],
)
def test_a_clock_that_is_written_wrongly_is_refused_in_a_sentence(
    written: str, reason: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("TIDINGS_ENV_FILE", "")
    monkeypatch.setenv("TIDINGS_CLOCK", written)
    with pytest.raises(SettingsError) as refused:
        load_settings()
    assert str(refused.value).startswith(f"TIDINGS_CLOCK {reason}")


def test_with_an_account_of_twilio_itself_it_is_refused() -> None:
    account = {
        "twilio_account_sid": "AC" + "0a" * 16,
        "twilio_auth_token": "0b" * 16,
        "twilio_messaging_service_transactional": "MG" + "0c" * 16,
        "twilio_messaging_service_marketing": "MG" + "0d" * 16,
    }
    fast = {**account, "tidings_clock": str(FAST)}
    with pytest.raises(ValueError, match="written to at the wrong time"):
        Settings.model_validate(fast)
    assert Settings.model_validate({**fast, "twilio_api_base_url": "http://127.0.0.1:8010"}).clock == FAST


def test_a_clock_that_does_not_say_since_when_tells_no_time() -> None:
    with time_kept_by(real_now), pytest.raises(SettingsError, match="does not say since when it runs"):
        keep_time_as_set(Settings.model_validate({"tidings_clock": "2026-03-27T06:00:00+01:00 x 600"}))


@given(moments, st.floats(0.01, 100_000.0))
def test_the_real_instant_of_a_moment_is_when_the_clock_shows_it(moment: datetime, pace: float) -> None:
    clock = BusinessClock(BEGINS, pace, SINCE)
    try:
        real = clock.real(moment)
    except OverflowError:  # slower than a hundredth of real time, after years
        return
    assert abs(clock.at(real) - moment) <= timedelta(microseconds=pace + 1)


def test_a_clock_that_stands_still_never_shows_anything_else() -> None:
    standing = BusinessClock(BEGINS, 0.0, SINCE)
    assert standing() == BEGINS
    assert standing.real(BEGINS + timedelta(seconds=1)).year == MAXYEAR
    assert real_wait(standing, timedelta(seconds=1)) == float("inf")


def test_waiting_for_a_moment_takes_less_of_real_time() -> None:
    assert real_wait(FAST, timedelta(hours=1)) == 6.0
    assert real_wait(real_now, timedelta(hours=1)) == 3600.0


def test_a_process_goes_by_the_clock_of_its_settings() -> None:
    with time_kept_by(real_now):
        assert keep_time_as_set(Settings.model_validate({})) is real_now
        assert keep_time_as_set(Settings.model_validate({"tidings_clock": str(FAST)})) == FAST
        before = FAST()
        assert before <= utc_now() <= business_now() <= FAST()
        assert real_instant(BEGINS + timedelta(hours=1)) == SINCE + timedelta(seconds=6)
        assert business_instant(SINCE + timedelta(seconds=6)) == BEGINS + timedelta(hours=1)
    assert abs(utc_now() - datetime.now(UTC)) < timedelta(minutes=1)
    assert real_instant(BEGINS) == business_instant(BEGINS) == BEGINS
