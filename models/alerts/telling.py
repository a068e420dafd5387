"""What Prefect has not been told yet: alerts and incidents, whichever process found them.

The API finds most of them, and knows nothing of Prefect. So all are told from their rows, by the next flow run.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from sqlalchemy import RowMapping, text
from sqlalchemy.ext.asyncio import AsyncConnection

from messaging.alert_rules import AlertKind, sentence

MOST = 100
"""Told at once; the rest at the next time."""

_SHOWN_OF_ALERT = """
    a.id, a.kind, a.organization_id, a.sender_id, a.campaign_run_id, a.counted, a.total, a.threshold,
        a.window_seconds, a.paused, s.purpose AS sender_purpose,
        (SELECT c.name FROM campaign_runs r JOIN campaigns c ON c.id = r.campaign_id
         WHERE r.id = a.campaign_run_id) AS campaign
"""

_ALERTS = text(f"""
    UPDATE alerts a SET told_at = :now
    FROM senders s
    WHERE s.id = a.sender_id AND a.id = ANY(ARRAY(
        SELECT id FROM alerts WHERE told_at IS NULL ORDER BY id LIMIT :most FOR UPDATE SKIP LOCKED))
    RETURNING {_SHOWN_OF_ALERT}
""")  # noqa: S608 (only the text above is put in)

_ENDS = text(f"""
    UPDATE alerts a SET end_told_at = :now
    FROM senders s
    WHERE s.id = a.sender_id AND a.id = ANY(ARRAY(
        SELECT id FROM alerts WHERE ended_at IS NOT NULL AND told_at IS NOT NULL AND end_told_at IS NULL
        ORDER BY id LIMIT :most FOR UPDATE SKIP LOCKED))
    RETURNING {_SHOWN_OF_ALERT}
""")  # noqa: S608 (only the text above is put in)

_INCIDENTS = text("""
    UPDATE incidents i SET told_at = :now
    WHERE i.id = ANY(ARRAY(
        SELECT id FROM incidents WHERE told_at IS NULL ORDER BY id LIMIT :most FOR UPDATE SKIP LOCKED))
    RETURNING i.id, i.kind, i.organization_id, i.detail,
        COALESCE(i.campaign_run_id, (SELECT campaign_run_id FROM messages WHERE id = i.message_id)) AS run_id,
        COALESCE(i.detail->>'sender_id',
                 (SELECT CAST(sender_id AS text) FROM messages WHERE id = i.message_id)) AS sender_id
""")

_SHOWN = ("code", "scope", "country", "reason", "webhook", "webhook_kind")
"""What of an incident's detail is told: nothing that could be a number or a text of a message."""

_NAMES = {AlertKind.FAILURES: "failing", AlertKind.OPT_OUTS: "opting-out"}
_OVER = "no-longer-"


@dataclass(frozen=True, slots=True)
class News:
    """An event to raise: its name, the id of what it is about, the name of that for people, its particulars."""

    event: str
    about: str
    name: str
    payload: dict[str, Any]


async def take_news(connection: AsyncConnection, *, now: datetime) -> list[News]:
    """What was not told yet, marked as told in the caller's transaction; no other process gets the same."""
    asked = {"now": now, "most": MOST}
    alerts = (await connection.execute(_ALERTS, asked)).mappings().all()
    ends = (await connection.execute(_ENDS, asked)).mappings().all()
    incidents = (await connection.execute(_INCIDENTS, asked)).mappings().all()
    return [
        *(_of_alert(row) for row in _in_order(alerts)),
        *(_of_alert(row, ended=True) for row in _in_order(ends)),
        *(_of_incident(row) for row in _in_order(incidents)),
    ]


def event_of(kind: AlertKind, *, of_run: bool, ended: bool = False) -> str:
    """The name of an alert's event, or of its end's."""
    return f"tidings.{'campaign' if of_run else 'sender'}.{_OVER if ended else ''}{_NAMES[kind]}"


def _in_order(rows: Sequence[RowMapping]) -> list[RowMapping]:
    return sorted(rows, key=lambda row: int(row["id"]))


def _of_alert(row: RowMapping, *, ended: bool = False) -> News:
    kind, run_id = AlertKind(row["kind"]), row["campaign_run_id"]
    figures = {name: row[name] for name in ("counted", "total", "threshold", "window_seconds")}
    return News(
        event=event_of(kind, of_run=run_id is not None, ended=ended),
        about=f"campaign-run.{run_id}" if run_id else f"sender.{row['sender_id']}",
        name=row["campaign"] or f"the {row['sender_purpose']} sender",
        payload={
            "alert_id": row["id"],
            "organization_id": str(row["organization_id"]),
            "sender_id": str(row["sender_id"]),
            "run_id": str(run_id) if run_id else None,
            "reason": ("Over: " if ended else "") + sentence(kind, **figures),
            "paused": row["paused"],
            "rate": round(row["counted"] / row["total"], 4),
            **figures,
        },
    )


def _of_incident(row: RowMapping) -> News:
    detail, run_id, sender_id = row["detail"], row["run_id"], row["sender_id"]
    about = f"organization.{row['organization_id']}"
    if run_id or sender_id:
        about = f"campaign-run.{run_id}" if run_id else f"sender.{sender_id}"
    return News(
        event=f"tidings.{row['kind']}",
        about=about,
        name=row["kind"].replace("_", " "),
        payload={
            "incident_id": row["id"],
            "organization_id": str(row["organization_id"]),
            "sender_id": sender_id,
            "run_id": str(run_id) if run_id else None,
            **{name: detail[name] for name in _SHOWN if name in detail},
        },
    )
