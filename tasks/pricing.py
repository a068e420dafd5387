"""Reads prices and segments from Twilio's list, an hour's messages after the other, a thousand an answer."""

from collections.abc import AsyncIterator
from dataclasses import dataclass
from datetime import datetime, timedelta
from uuid import UUID

import structlog

from messaging.errors import TidingsError
from messaging.twilio_history import LARGEST_PAGE, SentMessage
from messaging.twilio_messages import TwilioMessages
from models.exclusive import Duty, exclusive
from models.polling.candidates import organizations_with_account
from models.polling.prices import begin_price_checks, finish_window, next_window, write_prices
from tasks.equipment import Equipment

MOST_WINDOWS = 6
"""In one pass and organization: after a day without a sweep a few passes read it all."""
_log = structlog.get_logger(__name__)


@dataclass(slots=True)
class PriceTally:
    """What one pass did: hours read, and messages that got a price or another number of segments."""

    busy: bool = False
    windows: int = 0
    changed: int = 0


async def read_prices(tools: Equipment) -> PriceTally:
    """One pass over all organizations; an hour that could not be read whole is read again in the next."""
    async with exclusive(tools.engine, Duty.PRICING) as alone:
        tally = PriceTally(busy=not alone)
        if not alone:
            return tally
        ripe = tools.clock() - timedelta(hours=tools.settings.tidings_price_hours)
        async with tools.engine.begin() as connection:
            await begin_price_checks(connection, ripe=ripe)
            organizations = await organizations_with_account(connection)
        for organization_id in organizations:
            try:
                await _read_organization(tools, organization_id, ripe=ripe, tally=tally)
            except TidingsError as error:
                _log.warning("prices_unread", organization_id=str(organization_id), reason=str(error))
    return tally


async def _read_organization(
    tools: Equipment, organization_id: UUID, *, ripe: datetime, tally: PriceTally
) -> None:
    for _ in range(MOST_WINDOWS):
        async with tools.engine.connect() as connection:
            window = await next_window(connection, organization_id, ripe=ripe)
        if window is None:
            return
        twilio = await tools.twilio_for(organization_id)
        tally.changed += await _read_window(tools, twilio, window)
        async with tools.engine.begin() as connection:
            await finish_window(connection, organization_id, until=window[1])
        tally.windows += 1


async def _read_window(tools: Equipment, twilio: TwilioMessages, window: tuple[datetime, datetime]) -> int:
    changed = 0
    async for page in _pages(twilio.history.sent_between(*window)):
        async with tools.engine.begin() as connection:
            changed += await write_prices(connection, page, account_sid=twilio.account_sid)
    return changed


async def _pages(messages: AsyncIterator[SentMessage]) -> AsyncIterator[list[SentMessage]]:
    page: list[SentMessage] = []
    async for message in messages:
        page.append(message)
        if len(page) == LARGEST_PAGE:
            yield page
            page = []
    if page:
        yield page
