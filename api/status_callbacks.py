"""Status callbacks: what one says, and how a batch of them is stored and applied in one transaction."""

from collections.abc import Sequence
from dataclasses import dataclass
from time import monotonic

import structlog
from sqlalchemy.ext.asyncio import AsyncConnection, AsyncEngine

from api.database_faults import describe, in_transaction, within
from api.malformed import MalformedError
from api.signature import Webhook
from messaging.bursts import BurstWatch
from models.columns import utc_now
from models.consequences import Alarm
from models.messages.failures import Ends, pause_bursts
from models.messages.status_payload import NOT_A_STATUS, read_status_report
from models.messages.status_reports import StatusReport
from models.messages.statuses import AppliedStatuses, apply_statuses
from models.webhook_events import Delivery, keep_handled, keep_unhandled

PATIENCE = 0.8
"""Seconds that a webhook waits for the database before Twilio is told to come again: within 1 in all."""

_LONGEST = 64
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
        raise MalformedError(f"The body has no {name}.")
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
        error=None if report else NOT_A_STATUS,
    )
    if report is None:
        log.warning("status callback stored but not applied", twilio_sid=twilio_sid, reason=NOT_A_STATUS)
    return StatusCallback(delivery, report)


@dataclass(frozen=True, slots=True)
class StatusStore:
    """Writes status callbacks for the batcher, and pauses a campaign in which many fail alike."""

    engine: AsyncEngine
    bursts: BurstWatch

    async def write(self, callbacks: Sequence[StatusCallback]) -> None:
        """Stores and applies a batch in one transaction, or raises and leaves nothing.

        A burst that the batch completes pauses its campaign with the next one.
        """
        applied, alarms = AppliedStatuses(), list[Alarm]()

        async def work(connection: AsyncConnection) -> None:
            nonlocal applied, alarms
            now = utc_now()
            await keep_handled(connection, [callback.delivery for callback in callbacks], now=now)
            applied = await apply_statuses(
                connection, [callback.report for callback in callbacks if callback.report], now=now
            )
            runs = [ends.run_id for ends in applied.ends]
            alarms = await pause_bursts(connection, self.bursts, runs, now=now)

        await within(PATIENCE, in_transaction(self.engine, work))
        self._count(applied.ends)
        if applied.second_sids:
            log.error("a message has a second SID", count=applied.second_sids)
        for alarm in (*applied.alarms, *alarms):
            log.error(alarm.kind, **alarm.particulars())

    def _count(self, ended: Sequence[Ends]) -> None:
        for ends in ended:
            if self.bursts.burst(ends.run_id) is not None:
                self.bursts.forget(ends.run_id)
            self.bursts.add(ends.run_id, ends.counts, at=monotonic())

    async def isolate(self, callback: StatusCallback, error: Exception) -> None:
        """Stores a callback that cannot be applied, with the reason, for the sweep."""
        reason = describe(error)
        log.error("status callback stored but not applied", key=callback.delivery.dedupe_key, reason=reason)

        async def work(connection: AsyncConnection) -> None:
            await keep_unhandled(connection, callback.delivery, error=reason, now=utc_now())

        await within(PATIENCE, in_transaction(self.engine, work))
