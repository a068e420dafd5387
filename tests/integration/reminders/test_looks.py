"""How often a run of the reminders flow looks: once by the real clock, more often where time flies."""

from dataclasses import replace
from datetime import timedelta

import pytest

from messaging.business_clock import BusinessClock, Clock, real_now
from tasks.equipment import Equipment
from tasks.reminders import looks

NOW = real_now()


@pytest.mark.parametrize(
    ("clock", "seconds", "expected"),
    [
        pytest.param(real_now, 60.0, 1, id="real"),
        pytest.param(BusinessClock(NOW, 1.0, NOW), 60.0, 1, id="elsewhere, at the real pace"),
        pytest.param(BusinessClock(NOW, 0.0, NOW), 60.0, 1, id="standing still"),
        pytest.param(BusinessClock(NOW, 600.0, NOW), 1.3, 3, id="fast"),
    ],
)
async def test_a_run_looks_once_a_minute(
    equipment: Equipment, clock: Clock, seconds: float, expected: int
) -> None:
    settings = equipment.settings.model_copy(update={"tidings_reminders_seconds": seconds})
    tools = replace(equipment, clock=clock, settings=settings)
    began = real_now()
    assert len([None async for _ in looks(tools)]) == expected
    assert real_now() - began < timedelta(seconds=seconds)
