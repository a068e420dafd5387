"""What the steps of a flow run work with: opened once by the flow, reached by every task it calls.

Connections are not task parameters: Prefect would hash and log them. A context variable reaches every task that
runs in the flow's own event loop.
"""

import asyncio
from collections.abc import AsyncIterator
from contextlib import AsyncExitStack, asynccontextmanager
from contextvars import ContextVar
from dataclasses import dataclass, field
from datetime import datetime
from uuid import UUID

from sqlalchemy.ext.asyncio import AsyncEngine

from messaging.bursts import BurstRule, BurstWatch
from messaging.business_clock import Clock, real_wait
from messaging.business_time import keep_time_as_set
from messaging.settings import Settings
from messaging.tracing.setup import tracing
from messaging.twilio_messages import TwilioMessages
from messaging.twilio_transport import TwilioTransport
from models.consequences import Alarm
from models.engine import open_engine
from tasks.twilio_accounts import TwilioAccounts

TOO_FAST = BurstRule(seconds=5.0, count=3, code_share=0.1, class_share=0.1)
"""A sender is too fast when Twilio says so in a tenth of the answers of five seconds, and more than twice."""


@dataclass(frozen=True, slots=True)
class Equipment:
    """The database, Twilio, slots for requests in flight, business time, what is counted to see bursts.

    `alarms` are kept until a task run raises them as events.
    """

    settings: Settings
    engine: AsyncEngine
    accounts: TwilioAccounts
    slots: asyncio.Semaphore
    clock: Clock
    bursts: BurstWatch
    complaints: BurstWatch
    alarms: list[Alarm] = field(default_factory=list)

    async def twilio_for(self, organization_id: UUID) -> TwilioMessages:
        """Twilio, by the organization's own account. Raises `NoAccount`; for the default one `SettingsError`."""
        return await self.accounts.messages_of(organization_id)

    def seconds_until(self, moment: datetime) -> float:
        """Real seconds until a moment of business time; negative when it is over."""
        return real_wait(self.clock, moment - self.clock())


_current: ContextVar[Equipment] = ContextVar("equipment")


def equipment() -> Equipment:
    """The equipment of the flow run that this code is part of."""
    return _current.get()


@asynccontextmanager
async def open_equipment(
    settings: Settings, *, clock: Clock | None = None, needs_callbacks: bool = True
) -> AsyncIterator[Equipment]:
    """Opens what a flow needs and makes it the current equipment until the end.

    Business time is told by `clock`, else as the settings say. Raises `SettingsError` when the database is not
    configured, or callbacks could not reach us where they are needed: by whatever sends.
    """
    if needs_callbacks:
        settings.require_reachable_callbacks()
    clock = clock or keep_time_as_set(settings)
    async with AsyncExitStack() as stack:
        stack.enter_context(tracing(settings, service="tidings-flows"))
        engine = await stack.enter_async_context(open_engine(settings, application="flow", pool_size=8))
        transport = await stack.enter_async_context(TwilioTransport.of(settings))
        made = Equipment(
            settings=settings,
            engine=engine,
            accounts=TwilioAccounts(engine, settings=settings, transport=transport),
            slots=asyncio.Semaphore(settings.tidings_in_flight),
            clock=clock,
            bursts=BurstWatch(settings.burst_rule),
            complaints=BurstWatch(TOO_FAST),
        )
        token = _current.set(made)
        try:
            yield made
        finally:
            _current.reset(token)
