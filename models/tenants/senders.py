"""What an organization's messages leave from: kept in step with what a person or the settings say."""

from dataclasses import dataclass
from uuid import UUID

from sqlalchemy import text
from sqlalchemy.ext.asyncio import AsyncConnection

from models.columns import new_id
from models.senders import Channel, MessageType, Sender

_RETIRE_OTHERS = text("""
    UPDATE senders SET state = 'retired', state_reason = 'replaced in the settings'
    WHERE organization_id = :organization_id AND purpose = :purpose AND channel = :channel
        AND address <> :address AND state <> 'retired'
""")

_SENDER = text("""
    INSERT INTO senders (id, organization_id, purpose, address, channel, rate, asked_rate, state, created_at)
    VALUES (:id, :organization_id, :purpose, :address, :channel, :rate, :rate, 'active', clock_timestamp())
    ON CONFLICT (organization_id, purpose, channel, address) DO UPDATE
        SET rate = LEAST(EXCLUDED.rate, senders.throughput), asked_rate = EXCLUDED.rate,
            state = CASE WHEN senders.state = 'retired' THEN 'active' ELSE senders.state END,
            state_reason = CASE WHEN senders.state = 'retired' THEN NULL ELSE senders.state_reason END
""")

_RATE = text("""
    UPDATE senders SET rate = LEAST(:rate, throughput), asked_rate = :rate
    WHERE organization_id = :organization_id AND state <> 'retired'
""")

_BUDGETS = text("""
    UPDATE budgets b SET rate = s.rate FROM senders s
    WHERE s.organization_id = :organization_id AND s.state <> 'retired' AND b.key = 'sender:' || s.id
""")

_HIGHEST = text("""
    SELECT max(COALESCE(asked_rate, rate)) FROM senders
    WHERE organization_id = :organization_id AND state <> 'retired'
""")

_LIST = text("""
    SELECT * FROM senders WHERE organization_id = :organization_id AND state <> 'retired'
    ORDER BY purpose, channel, address
""")


@dataclass(frozen=True, slots=True)
class SenderAddresses:
    """A Messaging Service for each purpose, and a WhatsApp number for both; None leaves what there is."""

    transactional: str | None = None
    marketing: str | None = None
    whatsapp: str | None = None

    def places(self) -> list[tuple[MessageType, Channel, str]]:
        """Purpose, channel and address of each sender that is named."""
        named = [
            (MessageType.TRANSACTIONAL, Channel.SMS, self.transactional),
            (MessageType.MARKETING, Channel.SMS, self.marketing),
            *((purpose, Channel.WHATSAPP, self.whatsapp) for purpose in MessageType),
        ]
        return [(purpose, channel, address) for purpose, channel, address in named if address is not None]


async def set_senders(
    connection: AsyncConnection, organization_id: UUID, addresses: SenderAddresses, *, rate: float
) -> None:
    """One sender for each purpose and channel that is named, at `rate` segments a second.

    It is less where less is known to be allowed to its numbers (`models.compliance`). What had the place before is
    retired, not deleted: its messages and conversations stay.
    """
    for purpose, channel, address in addresses.places():
        sender = {"organization_id": organization_id, "purpose": purpose.value, "channel": channel.value}
        await connection.execute(_RETIRE_OTHERS, {**sender, "address": address})
        await connection.execute(_SENDER, {**sender, "address": address, "id": new_id(), "rate": rate})
    await connection.execute(_BUDGETS, {"organization_id": organization_id})


async def change_rate(connection: AsyncConnection, organization_id: UUID, rate: float) -> None:
    """Sets the rate of every sender of the organization, in segments a second; all workers follow within one.

    None goes faster than its numbers may, where that is known.
    """
    await connection.execute(_RATE, {"organization_id": organization_id, "rate": rate})
    await connection.execute(_BUDGETS, {"organization_id": organization_id})


async def rate_of_all(connection: AsyncConnection, organization_id: UUID) -> float | None:
    """The highest rate that was asked for of the organization's senders; None when it has none."""
    found: float | None = (await connection.execute(_HIGHEST, {"organization_id": organization_id})).scalar_one()
    return found


async def senders_of(connection: AsyncConnection, organization_id: UUID) -> list[Sender]:
    """The organization's senders that are not retired, by purpose and channel."""
    rows = await connection.execute(_LIST, {"organization_id": organization_id})
    return [Sender(**row) for row in rows.mappings()]
