"""Sends one claim: each message at its moment, through the gate, with its result recorded."""

import asyncio
from collections import Counter
from collections.abc import Iterator, Sequence

from sqlalchemy.exc import SQLAlchemyError

from messaging.addresses import address_on
from messaging.callbacks import status_callback_url
from messaging.scheduling import can_keep
from messaging.tracing.spans import Span
from messaging.twilio_messages import TwilioMessages
from models.campaigns.runs import Run
from models.messages.claim import Claim
from models.messages.gate import GateVerdict
from models.messages.judging import ClaimedMessage
from models.messages.results import Returned
from models.pacing import Grant
from tasks.equipment import Equipment
from tasks.findings import Finding, held_back, replied
from tasks.gatekeeper import Gatekeeper
from tasks.quiet_hours import hours_margin
from tasks.recorder import Recorder
from tasks.spans import request_span, tell_finding
from tasks.uncut import uncut
from tasks.validity import validity_seconds


class Dispatch:
    """One claim on its way out. A cancellation sends nothing more, and still records what was under way."""

    def __init__(
        self,
        equipment: Equipment,
        *,
        twilio: TwilioMessages,
        run: Run,
        sender: str,
        claim: Claim,
        last_begin: float,
    ) -> None:
        self._equipment = equipment
        self._twilio = twilio
        self._sender = sender
        self.claim = claim
        self._requests: set[asyncio.Task[None] | None] = set()
        self._recorder = Recorder(equipment, claim_id=claim.id, run=run, account_sid=twilio.account_sid)
        self._gatekeeper = Gatekeeper(
            equipment.engine,
            claim_id=claim.id,
            ids=[message.id for message in claim.messages],
            last_begin=last_begin,
            clock=equipment.clock,
            hours_margin=hours_margin(equipment.settings),
        )

    async def run(self, grant: Grant) -> Counter[str]:
        """Sends everything as granted; returns how many of each result were recorded."""
        start = asyncio.get_running_loop().time() + grant.delay
        leaving = [
            asyncio.create_task(self._leave_at(moment, message))
            for message, moment in departures(self.claim.messages, start=start, interval=grant.interval)
        ]
        try:
            await self._all(leaving)
        finally:
            for message, task in zip(self.claim.messages, leaving, strict=True):
                if task.cancelled():
                    self._recorder.add(Finding(message, Returned(message.id)))
            await uncut(self._recorder.finish())
        return self._recorder.written

    async def _all(self, leaving: Sequence[asyncio.Task[None]]) -> None:
        """A request that has begun is waited for, also when we are told to stop: its answer must not be lost.

        After a stop, or an error of one, those that have not begun go back. Raises the stop or the error.
        """
        told_to_stop = False
        while waiting := [task for task in leaving if not task.done()]:
            try:
                await asyncio.wait(waiting, return_when=asyncio.FIRST_EXCEPTION)
            except asyncio.CancelledError:
                told_to_stop = True
            if told_to_stop or _errors(leaving):
                for task in set(waiting) - self._requests:
                    task.cancel()
        if told_to_stop:
            raise asyncio.CancelledError
        for error in _errors(leaving):
            raise error

    async def give_back(self) -> None:
        """Returns every message of the claim to planned, unsent."""
        for message in self.claim.messages:
            self._recorder.add(Finding(message, Returned(message.id)))
        await self._recorder.finish()

    async def _leave_at(self, moment: float, message: ClaimedMessage) -> None:
        await asyncio.sleep(moment - asyncio.get_running_loop().time())
        await self._equipment.slots.acquire()
        self._requests.add(asyncio.current_task())
        try:
            with request_span(message) as request:
                finding = await self._send(message, request)
                tell_finding(request, finding)
            self._recorder.add(finding)
        finally:
            self._equipment.slots.release()

    async def _send(self, message: ClaimedMessage, request: Span) -> Finding:
        verdict = GateVerdict.PAUSED

        async def gate() -> bool:
            nonlocal verdict
            try:
                verdict = await self._gatekeeper.look(message.id)
            except SQLAlchemyError:
                return False
            if verdict is GateVerdict.GO and not self._can_leave(message):
                verdict = GateVerdict.NEAR
            return verdict is GateVerdict.GO

        settings = self._equipment.settings
        reply = await self._twilio.send(
            to=address_on(message.channel, message.phone),
            sender=address_on(message.channel, self._sender),
            body=message.body,
            media=message.media,
            status_callback=status_callback_url(
                settings.require_reachable_callbacks(),
                message_id=message.id,
                attempt=message.attempt,
                traceparent=request.traceparent,
            ),
            validity_seconds=validity_seconds(
                message,
                now=message.send_at or self._equipment.clock(),
                request_seconds=settings.tidings_request_seconds,
            ),
            send_at=message.send_at,
            gate=gate,
        )
        if reply is None:
            return held_back(message, verdict)
        return replied(message, reply, now=self._equipment.clock())

    def _can_leave(self, message: ClaimedMessage) -> bool:
        """Not when Twilio is to keep it, and its time is too near for that by now."""
        return message.send_at is None or can_keep(message.send_at, now=self._equipment.clock())


def _errors(tasks: Sequence[asyncio.Task[None]]) -> list[BaseException]:
    done = [task for task in tasks if task.done() and not task.cancelled()]
    return [error for error in (task.exception() for task in done) if error is not None]


def departures(
    messages: Sequence[ClaimedMessage], *, start: float, interval: float
) -> Iterator[tuple[ClaimedMessage, float]]:
    """When each message leaves: one after the other, `interval` seconds for each SMS segment before it."""
    segments_before = 0
    for message in messages:
        yield message, start + segments_before * interval
        segments_before += message.segments
