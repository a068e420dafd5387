"""What a run still has before it: how much is planned or under way, and when the next of it may leave."""

from dataclasses import dataclass
from datetime import datetime
from uuid import UUID

from sqlalchemy import text
from sqlalchemy.ext.asyncio import AsyncConnection

_OUTLOOK = text("""
    SELECT
        count(*) FILTER (WHERE m.state = 'planned') AS planned,
        count(*) FILTER (WHERE m.state = 'planned' AND m.held_for IS NOT NULL) AS held,
        count(*) FILTER (WHERE m.state = 'claimed') AS claimed,
        min(m.send_after) FILTER (WHERE m.state = 'planned' AND p.country IS NULL) AS next_at,
        array_agg(DISTINCT p.country) FILTER (WHERE m.state = 'planned' AND p.country IS NOT NULL)
            AS paused_countries
    FROM messages m
    LEFT JOIN country_pauses p ON p.sender_id = m.sender_id AND p.country = m.country
    WHERE m.campaign_run_id = :run_id AND m.state IN ('planned', 'claimed')
""")

_NEXT_AT = text("""
    SELECT m.send_after FROM messages m
    WHERE m.campaign_run_id = :run_id AND m.state = 'planned' AND NOT EXISTS (
        SELECT FROM country_pauses p WHERE p.sender_id = m.sender_id AND p.country = m.country)
    ORDER BY m.send_after, m.id LIMIT 1
""")

_SOME_PLANNED = text("""
    SELECT count(*) FROM (
        SELECT FROM messages WHERE campaign_run_id = :run_id AND state = 'planned' LIMIT :most) planned
""")

_UNDER_WAY = text("""
    SELECT count(*) FROM messages
    WHERE campaign_run_id = :run_id AND state IN ('accepted', 'queued', 'sending', 'sent')
""")

_DONE = text("""
    SELECT count(*) AS audience, count(*) FILTER (WHERE state NOT IN ('planned', 'claimed')) AS done
    FROM messages WHERE campaign_run_id = :run_id
""")


@dataclass(frozen=True, slots=True)
class Outlook:
    """`next_at` is None when nothing planned may leave by itself; paused countries wait for a person.

    `held` of those planned wait for what is sure to come, such as the morning.
    """

    planned: int
    held: int
    claimed: int
    next_at: datetime | None
    paused_countries: list[str]


async def outlook(connection: AsyncConnection, run_id: UUID) -> Outlook:
    """What is planned and claimed of a run."""
    row = (await connection.execute(_OUTLOOK, {"run_id": run_id})).one()
    return Outlook(
        planned=row.planned,
        held=row.held,
        claimed=row.claimed,
        next_at=row.next_at,
        paused_countries=sorted(row.paused_countries or []),
    )


async def next_at(connection: AsyncConnection, run_id: UUID) -> datetime | None:
    """`Outlook.next_at` alone, at a price that does not grow with the run."""
    moment: datetime | None = (await connection.execute(_NEXT_AT, {"run_id": run_id})).scalar_one_or_none()
    return moment


async def planned_up_to(connection: AsyncConnection, run_id: UUID, *, most: int) -> int:
    """How many messages of the run are planned, counted no further than `most`."""
    return int((await connection.execute(_SOME_PLANNED, {"run_id": run_id, "most": most})).scalar_one())


async def count_under_way(connection: AsyncConnection, run_id: UUID) -> int:
    """Messages that Twilio has and of whose end nothing is known yet."""
    return int((await connection.execute(_UNDER_WAY, {"run_id": run_id})).scalar_one())


async def share_done(connection: AsyncConnection, run_id: UUID) -> tuple[int, int]:
    """How many of the audience are neither planned nor claimed any more, and how many there are."""
    row = (await connection.execute(_DONE, {"run_id": run_id})).one()
    return row.done, row.audience
