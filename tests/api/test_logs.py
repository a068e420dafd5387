"""What the API logs of webhooks: the request, the message and what went wrong, never a number or a text."""

import json
from pathlib import Path

from sqlalchemy.ext.asyncio import AsyncEngine

from tests.api.server import INBOUND, PERSON, STATUS, running_api
from tests.integration.outbox import rows, sid

TEXT = "Do not log this"


async def test_no_number_and_no_text_of_a_webhook(
    database: AsyncEngine, database_url: str, tmp_path: Path
) -> None:
    log = tmp_path / "api.log"
    with log.open("wb") as file:
        async with running_api(database_url, log=file) as api:
            await api.inbound(TEXT, sid=sid(1))
            await api.inbound("STOP", sid=sid(2), ProfileName=TEXT)
            await api.inbound(TEXT, sid=sid(3), NumMedia=TEXT, From="whatsapp:" + PERSON)
            await api.status("sent", sid=sid(4), To=PERSON, Body=TEXT)
            await api.status("melted", sid=sid(5), To=PERSON)
            await api.status("failed", sid=sid(6), To=PERSON, ErrorCode=TEXT)
            await api.post_raw(STATUS, f"To={PERSON}&Body={TEXT}", signature="forged")
            await api.post_raw(f"{INBOUND}?to={PERSON}", f"To={PERSON}", signature="forged")
    async with database.connect() as connection:
        stored = await rows(connection, "SELECT count(*) FROM webhook_events")
    assert stored[0][0] >= 5
    told = log.read_text()
    assert sid(5) in told
    assert [secret for secret in (PERSON, PERSON[2:], TEXT) if secret in told] == []
    lines = [json.loads(line) for line in told.splitlines() if line.startswith("{")]
    assert lines
    assert [line for line in lines if "twilio_sid" in line and "request_id" not in line] == []
