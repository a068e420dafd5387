"""Tells people what they should hear at once: in the log when it happens, as Prefect events from flow runs."""

from collections.abc import Iterable

import structlog
from prefect.events import emit_event

from models.alerts.telling import News, take_news
from models.consequences import SLOWED, Alarm
from tasks.equipment import Equipment

_log = structlog.get_logger(__name__)


def sound(equipment: Equipment, alarms: Iterable[Alarm]) -> None:
    """Logs alarms, once what they tell is committed; `raise_events` tells Prefect.

    All but a sender's slowing down are incidents with a row; that one is kept here until then.
    """
    for alarm in alarms:
        tell = _log.warning if alarm.kind == SLOWED else _log.error
        tell(alarm.kind, **alarm.particulars())
        if alarm.kind == SLOWED:
            equipment.alarms.append(alarm)


async def raise_events(equipment: Equipment) -> int:
    """Raises a Prefect event `tidings.…` for all that was not told yet, by whichever process it was found.

    Returns how many. What cannot be handed to Prefect's client stays untold, for the next flow run.
    """
    told = 0
    while equipment.alarms:
        _emit(_news(equipment.alarms.pop(0)))
        told += 1
    async with equipment.engine.begin() as connection:
        news = await take_news(connection, now=equipment.clock())
        for each in news:
            _emit(each)
    return told + len(news)


def _news(alarm: Alarm) -> News:
    about = f"campaign-run.{alarm.run_id}" if alarm.run_id else f"sender.{alarm.sender_id}"
    return News(f"tidings.{alarm.kind}", about, alarm.kind.replace("_", " "), alarm.particulars())


def _emit(news: News) -> None:
    about = {"prefect.resource.id": f"tidings.{news.about}", "prefect.resource.name": news.name}
    emit_event(event=news.event, resource=about, payload=news.payload)
