"""The deliverer with its ways to tell, at work."""

import asyncio
from collections.abc import AsyncIterator, Mapping
from contextlib import asynccontextmanager, suppress
from typing import Any

from sqlalchemy.ext.asyncio import AsyncEngine

from api.outgoing.deliverer import Deliverer
from api.outgoing.flow_runs import run_deployment
from api.outgoing.posting import post, webhook_session
from messaging.settings import Settings
from models.events.delivered import Attempt
from models.events.outgoing import Claimed, Listener
from models.events.subscription_tables import Target


@asynccontextmanager
async def running_deliverer(engine: AsyncEngine, settings: Settings) -> AsyncIterator[None]:
    """Delivers events until the end."""
    async with webhook_session(allow_private=settings.tidings_allow_private_webhooks) as session:

        async def to_webhook(listener: Listener, claimed: Claimed, content: Mapping[str, Any] | None) -> Attempt:
            return await post(session, listener, claimed, content)

        async def to_prefect(listener: Listener, claimed: Claimed, _: Mapping[str, Any] | None) -> Attempt:
            return await run_deployment(settings.prefect_api_url, listener, claimed)

        senders = {Target.WEBHOOK.value: to_webhook, Target.PREFECT_DEPLOYMENT.value: to_prefect}
        deliverer = Deliverer(engine, senders)
        running = asyncio.create_task(deliverer.run())
        try:
            yield
        finally:
            running.cancel()
            with suppress(asyncio.CancelledError):
                await running
            await deliverer.finish()
