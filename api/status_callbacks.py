"""Status callbacks: what one says, and how a batch of them is stored and applied in one transaction."""

from collections.abc import Sequence
from dataclasses import dataclass

import structlog
from sqlalchemy.ext.asyncio import AsyncConnection, AsyncEngine

from api.database_faults import describe, in_transaction, within
from api.forms import MalformedError
from api.signature import Webhook
from models.columns import utc_now
from models.messages.status_payload import read_status_report
from models.messages.status_reports import StatusReport
from models.messages.statuses import apply_statuses
from models.webhook_events import Delivery, keep_handled, keep_unhandled

PATIENCE = 2.0
"""Seconds that a callback waits for the database before Twilio is told to come again."""

_LONGEST = 64
_NOT_A_STATUS = "not a status of an outbound message"
log = structlog.get_logger(__name__)


@dataclass(frozen=True, slots=True)
class StatusCallback:
    """One callback: as it is kept, and the report in it; None for a status that is not applied."""

    delivery: Delivery
    report: StatusReport | None


def required(webhook: Webhook, name: str) -> str:
    """A field that must be there, and be short enough for a key; raises `MalformedError`."""
    value = webhook.first(name).strip()
    if not value:
        raise MalformedError(f"The form has no {name}.")
    if len(value) > _LONGEST:
        raise MalformedError(f"{name} is longer than {_LONGEST} characters.")
    return value


def read_status_callback(webhook: Webhook) -> StatusCallback:
    """What a verified webhook reports; raises `MalformedError` without MessageSid or MessageStatus."""
    twilio_sid, status = required(webhook, "MessageSid"), required(webhook, "MessageStatus")
    report = read_status_report(webhook.payload, query=webhook.query, account_sid=webhook.account_sid)
    delivery = Delivery(
        kind="status",
        dedupe_key=f"status:{twilio_sid}:{status}",
        account_sid=webhook.account_sid,
        query=webhook.query,
        payload=webhook.payload,
        error=None if report else _NOT_A_STATUS,
    )
    if report is None:
        log.warning("status callback stored but not applied", twilio_sid=twilio_sid, reason=_NOT_A_STATUS)
    return StatusCallback(delivery, report)


@dataclass(frozen=True, slots=True)
class StatusStore:
    """Writes status callbacks for the batcher."""

    engine: AsyncEngine

    async def write(self, callbacks: Sequence[StatusCallback]) -> None:
        """Stores and applies a batch in one transaction, or raises and leaves nothing."""

        async def work(connection: AsyncConnection) -> None:
            now = utc_now()
            await keep_handled(connection, [callback.delivery for callback in callbacks], now=now)
            applied = await apply_statuses(
                connection, [callback.report for callback in callbacks if callback.report], now=now
            )
            if applied.second_sids:
                log.error("a message has a second SID", count=applied.second_sids)

        await within(PATIENCE, in_transaction(self.engine, work))

    async def isolate(self, callback: StatusCallback, error: Exception) -> None:
        """Stores a callback that cannot be applied, with the reason, for the sweep."""
        reason = describe(error)
        log.error("status callback stored but not applied", key=callback.delivery.dedupe_key, reason=reason)

        async def work(connection: AsyncConnection) -> None:
            await keep_unhandled(connection, callback.delivery, error=reason, now=utc_now())

        await within(PATIENCE, in_transaction(self.engine, work))
