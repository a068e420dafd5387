"""Starts the flows of Studio that conversations were handed to: by the API at once, by the sweep what is left."""

from collections import Counter
from datetime import datetime

import structlog
from sqlalchemy.ext.asyncio import AsyncEngine

from messaging.errors import TidingsError
from messaging.settings import Settings
from messaging.twilio_studio import FlowRefused, TwilioStudio
from models.exclusive import Duty, exclusive
from models.organizations import load_organization
from models.replies.studio import WaitingStart, mark_not_started, mark_started, waiting_starts
from models.tenants.accounts import account_of

BATCH = 50
log = structlog.get_logger(__name__)


async def start_flows(engine: AsyncEngine, settings: Settings, *, now: datetime) -> Counter[str]:
    """Starts what is due; counts of started, later and failed. Nothing while another process does it.

    No transaction is open while Twilio is asked.
    """
    tally: Counter[str] = Counter()
    if not await _due(engine, now=now):
        return tally
    async with exclusive(engine, Duty.STUDIO) as alone:
        while alone and (due := await _due(engine, now=now)):
            for start in due:
                tally[await _start(engine, settings, start, now=now)] += 1
    return tally


async def _due(engine: AsyncEngine, *, now: datetime) -> list[WaitingStart]:
    async with engine.connect() as connection:
        return list(await waiting_starts(connection, now=now, most=BATCH))


async def _start(engine: AsyncEngine, settings: Settings, start: WaitingStart, *, now: datetime) -> str:
    try:
        execution_sid = await _ask(engine, settings, start)
    except TidingsError as error:
        for_good = isinstance(error, FlowRefused)
        log.warning("flow_not_started", conversation_id=str(start.conversation_id), reason=str(error))
        async with engine.begin() as connection:
            await mark_not_started(connection, start.id, error=str(error), for_good=for_good, now=now)
        return "failed" if for_good else "later"
    async with engine.begin() as connection:
        await mark_started(connection, start.id, execution_sid=execution_sid)
    return "started"


async def _ask(engine: AsyncEngine, settings: Settings, start: WaitingStart) -> str:
    async with engine.connect() as connection:
        account = account_of(await load_organization(connection, start.organization_id), settings)
    prefix = "whatsapp:" if start.channel == "whatsapp" else ""
    sender = start.our_address if start.our_address.startswith("MG") else prefix + start.our_address
    studio = TwilioStudio(account, settings.twilio_api_base_url)
    return await studio.start(start.flow_sid, to=prefix + start.phone, sender=sender)
