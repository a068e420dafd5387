"""What tests of the campaign commands share: a campaign file, settings, and a run in any state."""

import json
import sys
from collections.abc import Awaitable, Callable
from pathlib import Path
from typing import Any
from uuid import UUID

from sqlalchemy import text
from sqlalchemy.ext.asyncio import AsyncEngine

from models.campaigns.runs import ensure_run
from models.campaigns.store import load_campaign
from models.columns import utc_now
from tests.conftest import ACCOUNT_SID, AUTH_TOKEN, MARKETING_SERVICE, TRANSACTIONAL_SERVICE
from tests.integration.command_line import Done
from tests.integration.population import phone

TIDINGS = str(Path(sys.executable).with_name("tidings"))
FILE = "name: Sale\nkind: marketing\nbody: Hi {{ first_name }}\naudience: {}\n"
TWILIO = {
    "TWILIO_ACCOUNT_SID": ACCOUNT_SID,
    "TWILIO_AUTH_TOKEN": AUTH_TOKEN,
    "TWILIO_MESSAGING_SERVICE_TRANSACTIONAL": TRANSACTIONAL_SERVICE,
    "TWILIO_MESSAGING_SERVICE_MARKETING": MARKETING_SERVICE,
    "TWILIO_API_BASE_URL": "http://127.0.0.1:9",
}
NO_TWILIO = dict.fromkeys(TWILIO, "")
Command = Callable[..., Awaitable[Done]]


async def created(tidings: Command) -> str:
    done = await tidings("campaign", "create", "sale.yaml", "--json")
    assert done.status == 0, done.stderr
    campaign: dict[str, str] = json.loads(done.stdout)
    assert (campaign["name"], campaign["kind"]) == ("Sale", "marketing")
    return campaign["id"]


async def execute(engine: AsyncEngine, statement: str, **values: Any) -> None:
    async with engine.begin() as connection:
        await connection.execute(text(statement), values)


async def plan_by_hand(engine: AsyncEngine, campaign_id: str, *states: str) -> None:
    async with engine.begin() as connection:
        campaign = await load_campaign(connection, UUID(campaign_id))
        await ensure_run(connection, campaign, occurrence="once", now=utc_now())
        await connection.execute(text("UPDATE campaign_runs SET state = 'sending', planned_at = now()"))
        for number, state in enumerate(states):
            await connection.execute(
                text("""
                    INSERT INTO messages (organization_id, direction, state, phone, channel, campaign_run_id,
                        send_after, created_at, updated_at)
                    SELECT organization_id, 'outbound', CAST(:state AS message_state), :phone, 'sms', id,
                        now(), now(), now()
                    FROM campaign_runs
                """),
                {"state": state, "phone": phone(number)},
            )
