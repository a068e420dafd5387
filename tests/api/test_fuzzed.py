"""Whatever is posted to the webhooks gets no 500, and nothing is stored that was not signed.

TIDINGS_FUZZ_EXAMPLES sets how many requests are made up.
"""

import os

import httpx
from hypothesis import HealthCheck, given
from hypothesis import settings as examples
from sqlalchemy.ext.asyncio import AsyncEngine

from tests.api.made_up import MADE_UP, MadeUp
from tests.api.server import Api
from tests.integration.outbox import rows

EXAMPLES = int(os.environ.get("TIDINGS_FUZZ_EXAMPLES", "300"))


@examples(
    max_examples=EXAMPLES, deadline=None, derandomize=EXAMPLES <= 300, suppress_health_check=list(HealthCheck)
)
@given(made_up=MADE_UP)
async def test_anything_may_be_posted(api: Api, database: AsyncEngine, made_up: MadeUp) -> None:
    before = await _stored(database)
    answer = await _post(api, made_up)
    stored = await _stored(database) - before
    if made_up.is_signed and answer.is_success:
        assert stored <= 1
        return
    assert answer.status_code in ((400,) if made_up.is_signed else (400, 403))
    assert stored == 0
    assert answer.json()["detail"]


async def _post(api: Api, made_up: MadeUp) -> httpx.Response:
    """Again after a 503: the machine may have been busy, but what is at fault itself must not be refused so."""
    headers = [(b"content-type", made_up.content_type.encode("latin-1"))]
    headers.append((b"x-twilio-signature", made_up.signature.encode()))
    for _ in range(3):
        answer = await api.client.post(made_up.address, content=made_up.body, headers=headers)
        if answer.status_code != 503:
            break
    return answer


async def _stored(database: AsyncEngine) -> int:
    async with database.connect() as connection:
        return int((await rows(connection, "SELECT count(*) FROM webhook_events"))[0][0])
