"""Writes the results of one claim as they come, a batch at a time, and does not give up while it can."""

import asyncio
from collections import Counter
from contextlib import suppress
from uuid import UUID

import stamina
import structlog
from sqlalchemy.exc import InterfaceError, OperationalError
from sqlalchemy.exc import TimeoutError as PoolTimeout

from messaging.statuses import MessageState
from models.campaigns.runs import Run
from models.messages.record import record
from tasks.alarms import sound
from tasks.bursts import count_ends, forget_burst, pause_burst
from tasks.complaints import is_too_fast
from tasks.consequences import apply_consequences
from tasks.equipment import Equipment
from tasks.findings import Finding

LINGER_SECONDS = 0.1
PERSISTENCE_SECONDS = 300.0
"""How long a result is tried to be written while the database is away; then only settling can find it."""

_DATABASE_AWAY = (OperationalError, InterfaceError, PoolTimeout)
_log = structlog.get_logger(__name__)


class Recorder:
    """Collects what became of a claim's messages; `finish` returns once all of it is committed."""

    def __init__(self, equipment: Equipment, *, claim_id: UUID, run: Run, account_sid: str) -> None:
        self._equipment = equipment
        self._claim_id = claim_id
        self._run = run
        self._account_sid = account_sid
        self._waiting: list[Finding] = []
        self._writing = asyncio.Lock()
        self._soon: asyncio.Task[None] | None = None
        self._last = asyncio.Event()
        self.written: Counter[str] = Counter()

    def add(self, finding: Finding) -> None:
        """Takes a result; it is written within about a tenth of a second."""
        self._waiting.append(finding)
        if finding.result.name == MessageState.UNKNOWN:
            _log.warning("answer_lost", message_id=finding.message.id, run_id=str(self._run.id))
        if self._soon is None or self._soon.done():
            self._soon = asyncio.create_task(self._write_soon())

    async def finish(self) -> None:
        """Writes what is left. Raises the database's error when it stayed away too long."""
        self._last.set()
        if self._soon is not None:
            await self._soon
        await self._write()

    async def _write_soon(self) -> None:
        with suppress(TimeoutError):
            await asyncio.wait_for(self._last.wait(), LINGER_SECONDS)
        await self._write()

    async def _write(self) -> None:
        async with self._writing:
            findings, self._waiting = self._waiting, []
            if not findings:
                return
            count_ends(self._equipment, findings, run=self._run)
            too_fast = is_too_fast(self._equipment, findings, run=self._run)
            async for attempt in stamina.retry_context(
                on=_DATABASE_AWAY, attempts=None, timeout=PERSISTENCE_SECONDS, wait_max=5.0
            ):
                with attempt:
                    await self._commit(findings, too_fast=too_fast)
            self.written.update(finding.result.name for finding in findings)

    async def _commit(self, findings: list[Finding], *, too_fast: bool) -> None:
        now = self._equipment.clock()
        async with self._equipment.engine.begin() as connection:
            recorded = await record(
                connection,
                [finding.result for finding in findings],
                claim_id=self._claim_id,
                account_sid=self._account_sid,
                now=now,
            )
            alarms = await apply_consequences(connection, findings, run=self._run, too_fast=too_fast, now=now)
            paused = await pause_burst(connection, self._equipment, run=self._run, now=now)
        forget_burst(self._equipment, run=self._run)
        sound(self._equipment, [*alarms, *paused])
        if recorded.second_sids:
            _log.error("second_sid_seen", run_id=str(self._run.id), count=recorded.second_sids)
