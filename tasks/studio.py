"""Starts the flows of Twilio Studio that conversations were handed to; a step of the sweep."""

from collections import Counter

import structlog

from messaging.errors import TidingsError
from messaging.twilio_studio import FlowRefused, TwilioStudio
from models.exclusive import Duty, exclusive
from models.organizations import load_organization
from models.replies.studio import WaitingStart, mark_not_started, mark_started, waiting_starts
from models.tenants.accounts import account_of
from tasks.equipment import Equipment

BATCH = 50
_log = structlog.get_logger(__name__)


async def start_flows(tools: Equipment) -> Counter[str]:
    """Starts what waits; counts of started, later and failed. Nothing while another process does it."""
    tally: Counter[str] = Counter()
    async with exclusive(tools.engine, Duty.STUDIO) as alone:
        while alone and (due := await _due(tools)):
            for start in due:
                tally[await _start(tools, start)] += 1
    return tally


async def _due(tools: Equipment) -> list[WaitingStart]:
    async with tools.engine.connect() as connection:
        return list(await waiting_starts(connection, now=tools.clock(), most=BATCH))


async def _start(tools: Equipment, start: WaitingStart) -> str:
    try:
        execution_sid = await _ask(tools, start)
    except TidingsError as error:
        for_good = isinstance(error, FlowRefused)
        _log.warning("flow_not_started", conversation_id=str(start.conversation_id), reason=str(error))
        async with tools.engine.begin() as connection:
            await mark_not_started(connection, start.id, error=str(error), for_good=for_good, now=tools.clock())
        return "failed" if for_good else "later"
    async with tools.engine.begin() as connection:
        await mark_started(connection, start.id, execution_sid=execution_sid)
    return "started"


async def _ask(tools: Equipment, start: WaitingStart) -> str:
    async with tools.engine.connect() as connection:
        account = account_of(await load_organization(connection, start.organization_id), tools.settings)
    prefix = "whatsapp:" if start.channel == "whatsapp" else ""
    sender = start.our_address if start.our_address.startswith("MG") else prefix + start.our_address
    studio = TwilioStudio(account, tools.settings.twilio_api_base_url)
    return await studio.start(start.flow_sid, to=prefix + start.phone, sender=sender)
