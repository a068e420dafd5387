"""Tells people what they should hear at once: in the log when it happens, as Prefect events from task runs."""

from collections.abc import Iterable

import structlog
from prefect.events import emit_event

from models.consequences import SLOWED, Alarm
from tasks.equipment import Equipment

_log = structlog.get_logger(__name__)


def sound(equipment: Equipment, alarms: Iterable[Alarm]) -> None:
    """Logs alarms and keeps them for `raise_events`; to be called once what they tell is committed."""
    for alarm in alarms:
        tell = _log.warning if alarm.kind == SLOWED else _log.error
        tell(alarm.kind, **alarm.particulars())
        equipment.alarms.append(alarm)


def raise_events(equipment: Equipment) -> None:
    """Raises a Prefect event `tidings.<kind>` for each alarm sounded since the last time, for automations."""
    while equipment.alarms:
        alarm = equipment.alarms.pop(0)
        subject = f"campaign-run.{alarm.run_id}" if alarm.run_id else f"sender.{alarm.sender_id}"
        emit_event(
            event=f"tidings.{alarm.kind}",
            resource={"prefect.resource.id": f"tidings.{subject}"},
            payload=alarm.particulars(),
        )
