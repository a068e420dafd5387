"""Looks whether too many messages fail or too many people opt out, and tells Prefect what it was not told yet."""

from dataclasses import dataclass

import structlog

from models.alerts.raising import check_rates
from tasks.alarms import raise_events
from tasks.equipment import Equipment

_log = structlog.get_logger(__name__)


@dataclass(frozen=True, slots=True)
class AlertTally:
    """How many alerts are new, and how many events were raised, incidents' among them."""

    raised: int
    told: int


async def tend_alerts(tools: Equipment) -> AlertTally:
    """One look at all campaigns and senders of all organizations."""
    async with tools.engine.begin() as connection:
        raised = await check_rates(connection, tools.settings.alert_rule, now=tools.clock())
    if raised:
        _log.error("alerts_raised", alerts=raised)
    return AlertTally(raised, await raise_events(tools))
