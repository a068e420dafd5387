"""Everything that one running simulator holds."""

import asyncio
from collections import Counter
from collections.abc import Coroutine
from typing import Any

from simulator.chance import Chance
from simulator.courier import Courier
from simulator.credentials import Credentials
from simulator.executions import Execution
from simulator.inboundlog import InboundLog
from simulator.media import MediaStore
from simulator.optouts import OptOuts
from simulator.pace import Line
from simulator.requestlog import RequestLog
from simulator.senders import Senders
from simulator.settings import Settings
from simulator.store import MessageStore


class Exchange:
    """The account's state; `settings` is replaced as a whole and read anew for every message.

    `changed` is set when that happens, and is another one from then on.
    """

    def __init__(self, *, credentials: Credentials, settings: Settings) -> None:
        self.credentials = credentials
        self.counts: Counter[str] = Counter()
        self.courier = Courier(token_of=credentials.token_of, counts=self.counts)
        self._tasks: set[asyncio.Task[None]] = set()
        self._scheduled: dict[str, asyncio.Task[None]] = {}
        self.changed = asyncio.Event()
        self.apply(settings)
        self._begin()

    def _begin(self) -> None:
        self.store = MessageStore()
        self.senders = Senders()
        self.opt_outs = OptOuts()
        self.log = RequestLog()
        self.inbound_log = InboundLog()
        self.media = MediaStore()
        self.executions: list[Execution] = []
        self.line = Line()
        self._seen: Counter[tuple[str, str]] = Counter()
        for service_sid in self.settings.first_services:
            self.senders.pool(service_sid, size=self.settings.pool_size)

    def apply(self, settings: Settings) -> None:
        """Makes settings the current ones, for what begins from now on."""
        self.settings = settings
        self.changed.set()
        self.changed = asyncio.Event()
        self.courier.retry_delay = settings.callbacks.retry_delay

    def reset(self) -> None:
        """Forgets every message, opt-out and log entry, and stops what is under way; settings stay."""
        self.stop_tasks()
        self.courier.drop()
        self.counts.clear()
        self._begin()

    def chance(self, to: str, body: str) -> Chance:
        """The luck of the next message with this To and Body."""
        nth = self._seen[to, body]
        self._seen[to, body] += 1
        return Chance(self.settings.seed, to, body, nth)

    def start(self, work: Coroutine[Any, Any, None], *, scheduled: str | None = None) -> None:
        """Runs something in the background until it ends or the simulator is reset or stopped.

        What waits for its time as the message `scheduled`, a SID, also ends by `cancel`.
        """
        task = asyncio.create_task(work)
        if scheduled is not None:
            self._scheduled[scheduled] = task
            task.add_done_callback(lambda _: self._scheduled.pop(scheduled, None))
        self._tasks.add(task)
        task.add_done_callback(self._tasks.discard)

    def cancel(self, sid: str) -> None:
        """Ends what waits for its time as this message."""
        waiting = self._scheduled.pop(sid, None)
        if waiting is not None:
            waiting.cancel()

    def stop_tasks(self) -> None:
        """Cancels everything in the background."""
        for task in list(self._tasks):
            task.cancel()

    @property
    def under_way(self) -> int:
        """Messages and replies whose life goes on in the background."""
        return len(self._tasks)
