"""Answers without JSON: of a 429 nothing was taken, of a 5xx we cannot know; both may ask us to wait."""

from dataclasses import replace

import pytest
from aiohttp import web

from messaging.outcomes import MAYBE_SENT, Outcome, OutcomeClass
from messaging.settings import Settings
from messaging.twilio_account import TwilioAccount
from messaging.twilio_messages import TwilioMessages
from messaging.twilio_transport import TwilioTransport, always_open
from models.columns import utc_now
from models.consequences import Sighting, carry_out
from models.pacing import closed_seconds, sender_key
from tests.fixtures.sending import Start
from tests.fixtures.web import listening_to_all
from tests.integration.population import phone


async def _answer_to(settings: Settings, answer: web.Response) -> Outcome:
    """What the client makes of this answer to its request."""

    async def answering(_request: web.Request) -> web.Response:
        return answer

    async with listening_to_all(answering) as base:
        there = settings.model_copy(update={"twilio_api_base_url": base})
        async with TwilioTransport.of(there) as transport:
            outcome = await TwilioMessages(TwilioAccount.of(settings), transport).send(
                to=phone(0),
                sender=settings.twilio_messaging_service_marketing or "",
                body="Hi",
                status_callback="http://127.0.0.1:9/",
                validity_seconds=None,
                gate=always_open,
            )
    assert outcome is not None
    return outcome


@pytest.mark.parametrize(
    ("status", "retry_after", "kind", "seconds"),
    [
        pytest.param(429, None, OutcomeClass.TRANSIENT, None, id="429"),
        pytest.param(429, "12", OutcomeClass.TRANSIENT, 12.0, id="429 with Retry-After"),
        pytest.param(503, "30", OutcomeClass.UNKNOWN, 30.0, id="503 with Retry-After"),
        pytest.param(502, None, OutcomeClass.UNKNOWN, None, id="502"),
    ],
)
async def test_an_answer_without_json(
    sending_settings: Settings, status: int, retry_after: str | None, kind: OutcomeClass, seconds: float | None
) -> None:
    headers = {"Retry-After": retry_after} if retry_after else {}
    answer = web.Response(status=status, text="<html>busy</html>", content_type="text/html", headers=headers)
    outcome = await _answer_to(sending_settings, answer)
    assert (outcome.kind, outcome.retry_after, outcome.http_status) == (kind, seconds, status)


async def test_whatever_asks_to_wait_closes_the_sender(start: Start) -> None:
    sending = await start(0)
    run = sending.run
    asked = Sighting(
        verdict=replace(MAYBE_SENT, retry_after=30.0),
        message_id=1,
        sender_id=run.sender_id,
        run_id=run.id,
        country=None,
    )
    async with sending.engine.begin() as connection:
        assert await carry_out(connection, [asked], now=utc_now()) == []
        assert await closed_seconds(connection, [sender_key(run.sender_id)]) == pytest.approx(30, abs=1)
