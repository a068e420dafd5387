"""Begins a survey with many people at once: its first question goes out by the outbox, like a direct message."""

from collections import Counter
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any
from uuid import UUID

from sqlalchemy import text
from sqlalchemy.ext.asyncio import AsyncConnection

from messaging.statuses import MessageState
from messaging.surveys.course import begin
from models.campaigns.rendering import CONTACT_COLUMNS, values_of
from models.columns import new_id
from models.messages.direct.drafts import Draft, PlannedDirect, Posting
from models.messages.direct.planning import plan_many
from models.messages.direct.standing import standing_run
from models.senders import MessageType
from models.surveys.starting import deadlines
from models.surveys.store import StoredSurvey, newest_survey

UNDER_WAY = "asked before, or in the middle of a survey"

_BY_TAG = text("""
    SELECT id FROM contacts
    WHERE organization_id = :organization_id AND tags @> ARRAY[CAST(:tag AS text)] AND id > :after
    ORDER BY id LIMIT :most
""")

_OPEN = text("""
    INSERT INTO conversations (id, organization_id, contact_id, our_address, channel, preview, unread, created_at)
    SELECT n.id, :organization_id, ct.id, :our_address, :channel, '', 0, :now
    FROM unnest(CAST(:ids AS uuid[]), CAST(:contact_ids AS bigint[])) AS n(id, contact_id)
    JOIN contacts ct ON ct.organization_id = :organization_id AND ct.id = n.contact_id
    ORDER BY ct.id
    ON CONFLICT (organization_id, contact_id, our_address, channel) DO NOTHING
""")

# One who has been asked this survey is not asked it again, so that a command that broke off may be repeated.
_BEGIN = text(f"""
    WITH begun AS (
        INSERT INTO survey_runs (id, organization_id, survey_id, conversation_id, contact_id, state, step,
                                 started_at, ends_at, remind_at)
        SELECT n.id, :organization_id, :survey_id, v.id, n.contact_id, 'active', :step, :now, :ends_at, :remind_at
        FROM unnest(CAST(:ids AS uuid[]), CAST(:contact_ids AS bigint[])) AS n(id, contact_id)
        JOIN conversations v ON v.organization_id = :organization_id AND v.contact_id = n.contact_id
            AND v.our_address = :our_address AND v.channel = :channel
        WHERE NOT EXISTS (
            SELECT FROM survey_runs r JOIN surveys s ON s.id = r.survey_id
            WHERE r.contact_id = n.contact_id AND (r.state = 'active' OR (s.name = :name AND NOT :again)))
        ORDER BY v.id
        ON CONFLICT (conversation_id) WHERE state = 'active' DO NOTHING
        RETURNING id, contact_id
    )
    SELECT b.id AS run_id, ct.id AS contact_id, {CONTACT_COLUMNS}
    FROM begun b JOIN contacts ct ON ct.id = b.contact_id
    ORDER BY ct.id
""")  # noqa: S608 (only the columns are put in)

_TAKE_BACK = text("DELETE FROM survey_runs WHERE id = ANY(CAST(:ids AS uuid[]))")


@dataclass(frozen=True, slots=True, kw_only=True)
class Outreach:
    """A survey to be begun by us. With `again`, also with those who were asked it before."""

    organization_id: UUID
    name: str
    now: datetime
    message_type: MessageType = MessageType.TRANSACTIONAL
    channel: str = "sms"
    again: bool = False


async def contacts_tagged(
    connection: AsyncConnection, *, organization_id: UUID, tag: str, after: int, most: int
) -> Sequence[int]:
    """The next contacts with a tag, by their ids."""
    values = {"organization_id": organization_id, "tag": tag, "after": after, "most": most}
    return (await connection.execute(_BY_TAG, values)).scalars().all()


async def send_survey(connection: AsyncConnection, outreach: Outreach, contact_ids: Sequence[int]) -> Counter[str]:
    """Begins the survey with these contacts in the caller's transaction; counts by what became of each.

    Once committed, wake a dispatcher. Whoever may not be written to has no survey waiting. Raises `NoSuchSurvey`
    and `NoSender`.
    """
    version = await newest_survey(connection, organization_id=outreach.organization_id, name=outreach.name)
    posting = _posting(outreach, version)
    begun = await _begin(connection, outreach, version, posting, contact_ids)
    drafts = [
        Draft(row["contact_id"], begin(version.survey, values_of(row))[1], key=f"survey {row['run_id']}")
        for row in begun
    ]
    planned = await plan_many(connection, drafts, posting)
    await _take_back(connection, begun, planned)
    tally = Counter(one.reason or one.state for one in planned)
    tally[UNDER_WAY] += len(contact_ids) - len(begun)
    return +tally


def _posting(outreach: Outreach, version: StoredSurvey) -> Posting:
    return Posting(
        organization_id=outreach.organization_id,
        cause=f"survey {outreach.name}",
        now=outreach.now,
        message_type=outreach.message_type,
        channel=outreach.channel,
        send_before=outreach.now + timedelta(hours=version.survey.hours),
    )


async def _begin(
    connection: AsyncConnection,
    outreach: Outreach,
    version: StoredSurvey,
    posting: Posting,
    contact_ids: Sequence[int],
) -> list[Mapping[str, Any]]:
    standing = await standing_run(connection, posting)
    values: dict[str, Any] = {
        **deadlines(version.survey, now=outreach.now),
        "organization_id": outreach.organization_id,
        "survey_id": version.id,
        "name": outreach.name,
        "again": outreach.again,
        "step": version.survey.steps[0].key,
        "our_address": standing.address,
        "channel": standing.channel,
        "contact_ids": list(contact_ids),
        "now": outreach.now,
    }
    await connection.execute(_OPEN, {**values, "ids": [new_id() for _ in contact_ids]})
    begun = await connection.execute(_BEGIN, {**values, "ids": [new_id() for _ in contact_ids]})
    return [dict(row) for row in begun.mappings()]


async def _take_back(
    connection: AsyncConnection, begun: Sequence[Mapping[str, Any]], planned: Sequence[PlannedDirect]
) -> None:
    pairs = zip(begun, planned, strict=True)
    unsent = [row["run_id"] for row, one in pairs if one.state != MessageState.PLANNED]
    await connection.execute(_TAKE_BACK, {"ids": unsent})
