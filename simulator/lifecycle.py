"""The life of an accepted message: it waits, is sent at the sender's rate, ends, and reports each status."""

import asyncio
from collections.abc import Callable, Coroutine
from contextlib import suppress
from typing import Any

from simulator.callbacks import Reporter
from simulator.chance import Chance
from simulator.creation import MAX_VALIDITY
from simulator.exchange import Exchange
from simulator.fate import Step, failure, fate_of
from simulator.messages import Message

Reaction = Callable[[Message, Chance], Coroutine[Any, Any, None]]
EARLY_SECONDS = 2.0
LONGEST_SLEEP = 86_400.0


class Life:
    """One message's statuses from acceptance to the end."""

    def __init__(self, exchange: Exchange, message: Message, *, chance: Chance, reaction: Reaction) -> None:
        self._exchange = exchange
        self._message = message
        self._chance = chance
        self._reaction = reaction
        self._steps = fate_of(message, settings=exchange.settings, chance=chance)
        self._reporter = Reporter(
            message,
            chance=chance,
            settings=exchange.settings.callbacks,
            statuses=[step.status for step in self._steps],
        )

    async def begin(self) -> None:
        """Goes on in the background; first reports the next status, where chance has it reported early."""
        settings = self._exchange.settings.callbacks
        if self._message.send_at is None and self._chance.happens("early", settings.early):
            await self._report_early()
        is_scheduled = self._message.send_at is not None
        self._exchange.start(self._run(), scheduled=self._message.sid if is_scheduled else None)

    async def _report_early(self) -> None:
        self._reach(self._steps.pop(0))
        posts = [asyncio.ensure_future(self._exchange.courier.call(call)) for call in self._reporter.calls()]
        if posts:
            await asyncio.wait(posts, timeout=EARLY_SECONDS)

    async def _run(self) -> None:
        if not await self._scheduled():
            return
        turn_taken = False
        for step in self._steps:
            await asyncio.sleep(step.delay)
            if step.status in ("sending", "sent") and not turn_taken:
                turn_taken = True
                if not await self._turn():
                    return
            if self._message.status == "canceled":
                return
            self._reach(step)
            self._reporter.report(self._exchange.courier)
        if self._message.status in ("delivered", "read"):
            await self._reaction(self._message, self._chance)

    async def _scheduled(self) -> bool:
        """Waits for the send time; False when the message was canceled or its recipient said stop meanwhile."""
        message, exchange = self._message, self._exchange
        if message.send_at is None:
            return True
        while (left := exchange.settings.business_time.seconds_until(message.send_at)) > 0:
            with suppress(TimeoutError):  # the clock may be set anew
                await asyncio.wait_for(exchange.changed.wait(), min(left, LONGEST_SLEEP))
            if message.status == "canceled":
                return False
        blocked = exchange.opt_outs.stopped(person=message.to, sender_key=message.sender_key)
        if blocked and exchange.settings.block_after_stop:
            self._fail(21610)
            return False
        return True

    async def _turn(self) -> bool:
        """Waits for the sender's next turn; False when the queue is full or validity ends before it."""
        rate = self._exchange.settings.segments_per_second
        if rate is None:
            return True
        line, key, time = self._exchange.line, self._message.sender_key, asyncio.get_running_loop().time()
        wait = line.wait(key, now=time)
        if wait > MAX_VALIDITY:
            self._fail(30001)
            return False
        if wait > self._message.validity:
            await asyncio.sleep(self._message.validity)
            self._fail(30036)
            return False
        await asyncio.sleep(line.take(key, now=time, seconds=self._message.segments / rate))
        return True

    def _fail(self, code: int) -> None:
        self._reach(Step("failed", 0.0, failure(code)))
        self._reporter.report(self._exchange.courier)

    def _reach(self, step: Step) -> None:
        message = self._message
        if message.sender is None and message.service_sid is not None:
            size = self._exchange.settings.pool_size
            message.sender = self._exchange.senders.sticky(message.service_sid, message.to, size=size)
        message.advance(step.status, error=step.error)
        if step.status == "sent":
            message.sent_at = message.updated_at
        self._exchange.counts[f"reached_{step.status}"] += 1
