"""What is to be sent later is sent by the simulator's own business time, which may be faster, or stand still."""

from datetime import UTC, datetime, timedelta

import pytest

from simulator.business_time import BusinessTime
from simulator.errors import SimulatorError
from simulator.settings import Settings, changed
from tests.simulator.running import QUICK, Twilio

TO = "+12025550143"
BEGINS = datetime(2026, 3, 27, 5, tzinfo=UTC)


def clock(begins: datetime, *, pace: float) -> str:
    return f"{begins.isoformat()} x {pace:g} since {datetime.now(UTC).isoformat()}"


def later(moment: datetime) -> dict[str, str]:
    return {"ScheduleType": "fixed", "SendAt": moment.isoformat()}


async def test_a_scheduled_message_is_sent_when_business_time_comes_there(twilio: Twilio) -> None:
    await twilio.set(clock=clock(BEGINS, pace=3_600.0), delays=QUICK)
    created = await twilio.create(TO, **later(BEGINS + timedelta(hours=2)))
    assert created.json["status"] == "scheduled"
    await twilio.until_status(created.json["sid"], "delivered")


async def test_a_clock_that_stands_still_is_set_on(twilio: Twilio) -> None:
    await twilio.set(clock=clock(BEGINS, pace=0.0), delays=QUICK)
    assert (await twilio.create(TO, **later(BEGINS + timedelta(minutes=4)))).json["code"] == 35115
    due = BEGINS + timedelta(days=1)
    sid = (await twilio.create(TO, **later(due))).json["sid"]
    await twilio.set(clock=clock(due - timedelta(minutes=1), pace=0.0))
    assert (await twilio.fetch(sid))["status"] == "scheduled"
    await twilio.set(clock=clock(due, pace=0.0))
    await twilio.until_status(sid, "delivered")


@pytest.mark.parametrize(
    "written", ["soon", "2026-03-27T05:00:00Z x 600", "2026-03-27T05:00:00Z x 600 since never"]
)
def test_a_clock_that_cannot_be_read_is_refused(written: str) -> None:
    with pytest.raises(SimulatorError, match="Setting clock is refused"):
        changed(Settings(), {"clock": written})


def test_without_a_clock_time_is_the_real_one() -> None:
    assert abs(BusinessTime.read(None).now() - datetime.now(UTC).timestamp()) < 1.0
