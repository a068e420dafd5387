"""The standing run of a sender: a run without end, in which direct messages wait like a campaign's.

Claim, gate, pacing, recording and settling work on runs; so messages that belong to no campaign have a run too.
Its campaign is hidden: one for each organization and kind of message, with one run for each sender, always
`sending`.
"""

from dataclasses import dataclass
from datetime import datetime
from uuid import UUID

from sqlalchemy import text
from sqlalchemy.ext.asyncio import AsyncConnection

from models.budgets import SENDER_BUDGET
from models.campaigns.tables import Priority
from models.columns import new_id
from models.conversations.listing import NoSuchConversation
from models.messages.direct.drafts import Posting
from models.senders import MessageType, no_sender

NAME = "direct messages"

_CONVERSATION = text("""
    SELECT our_address, channel FROM conversations WHERE organization_id = :organization_id AND id = :id
""")

_SENDER = text("""
    SELECT id, address, channel FROM senders
    WHERE organization_id = :organization_id AND state <> 'retired' AND channel = :channel
        AND (purpose = :kind OR (address = :our_address AND :kind = 'transactional'))
    ORDER BY address = :our_address DESC, id LIMIT 1
""")
"""An answer leaves from the address that was written to, but marketing never from the transactional one."""

_REGION = text("SELECT default_region FROM organizations WHERE id = :organization_id")

_RUN = text("""
    SELECT r.id FROM campaign_runs r JOIN campaigns c ON c.id = r.campaign_id
    WHERE c.organization_id = :organization_id AND c.kind = :kind AND c.standing AND c.reminder_rule = ''
        AND r.sender_id = :sender_id
""")

_MAKE_CAMPAIGN = text("""
    INSERT INTO campaigns (id, organization_id, name, kind, body, priority, standing, created_at)
    VALUES (:id, :organization_id, :name, :kind, '', :priority, true, :now)
    ON CONFLICT (organization_id, kind, reminder_rule, reminder_version) WHERE standing DO NOTHING
""")

_MAKE_RUN = text("""
    INSERT INTO campaign_runs (id, organization_id, campaign_id, occurrence, sender_id, state, planned_at,
                               created_at)
    SELECT :id, :organization_id, c.id, CAST(:sender_id AS text), :sender_id, 'sending', :now, :now
    FROM campaigns c WHERE c.organization_id = :organization_id AND c.kind = :kind AND c.standing
        AND c.reminder_rule = ''
    ON CONFLICT (campaign_id, occurrence) DO NOTHING
""")


@dataclass(frozen=True, slots=True)
class Standing:
    """Where a posting's messages wait: the standing run, its sender and that one's address and channel."""

    run_id: UUID
    sender_id: UUID
    address: str
    channel: str
    region: str


async def standing_run(connection: AsyncConnection, posting: Posting) -> Standing:
    """The standing run of the sender that the posting leaves by, made when it is the first.

    Raises `NoSender`, or `NoSuchConversation`.
    """
    channel, our_address = posting.channel, ""
    if posting.conversation_id is not None:
        channel, our_address = await _thread_of(connection, posting)
    sought = {
        "organization_id": posting.organization_id,
        "kind": posting.message_type.value,
        "channel": channel,
        "our_address": our_address,
    }
    sender = (await connection.execute(_SENDER, sought)).one_or_none()
    if sender is None:
        raise await no_sender(
            connection,
            organization_id=posting.organization_id,
            purpose=posting.message_type.value,
            channel=channel,
        )
    region = (await connection.execute(_REGION, sought)).scalar_one()
    run_id = await _ensure(connection, posting, sender_id=sender.id)
    return Standing(run_id, sender.id, sender.address, sender.channel, region)


async def _thread_of(connection: AsyncConnection, posting: Posting) -> tuple[str, str]:
    sought = {"organization_id": posting.organization_id, "id": posting.conversation_id}
    row = (await connection.execute(_CONVERSATION, sought)).one_or_none()
    if row is None:
        raise NoSuchConversation(f"There is no conversation {posting.conversation_id}; look it up again.")
    return row.channel, row.our_address


async def _ensure(connection: AsyncConnection, posting: Posting, *, sender_id: UUID) -> UUID:
    kind = posting.message_type
    values = {"organization_id": posting.organization_id, "kind": kind.value, "sender_id": sender_id}
    found: UUID | None = (await connection.execute(_RUN, values)).scalar_one_or_none()
    if found is not None:
        return found
    await _make(connection, kind, {**values, "now": posting.now})
    return UUID(str((await connection.execute(_RUN, values)).scalar_one()))


async def _make(connection: AsyncConnection, kind: MessageType, values: dict[str, UUID | str | datetime]) -> None:
    """Whoever else makes the same at this moment is waited for; both then find one."""
    priority = Priority.URGENT if kind is MessageType.TRANSACTIONAL else Priority.NORMAL
    campaign = {"id": new_id(), "name": NAME, "priority": priority.value}
    await connection.execute(_MAKE_CAMPAIGN, {**values, **campaign})
    await connection.execute(_MAKE_RUN, {**values, "id": new_id()})
    await connection.execute(SENDER_BUDGET, values)
