"""`tidings events …` as a person runs it, beside a real API that delivers."""

import json
from collections.abc import Awaitable, Callable
from pathlib import Path
from uuid import UUID

import pytest
from aiohttp import web
from sqlalchemy.ext.asyncio import AsyncEngine

from tests.api.events.process import ApiProcess
from tests.api.events.receiver import Got, Receiver
from tests.api.server import environment
from tests.integration.command_line import Done, run_command

Command = Callable[..., Awaitable[Done]]
NOBODY = str(UUID(int=7))


@pytest.fixture
def tidings(database_url: str, database: AsyncEngine, events_api: ApiProcess, tmp_path: Path) -> Command:  # noqa: ARG001 (both must be there)
    home = {"TIDINGS_HOME": str(tmp_path / "home"), "TIDINGS_ALLOW_PRIVATE_WEBHOOKS": "true"}

    async def run(*arguments: str, **changes: str) -> Done:
        settings = {**environment(database_url), **home, **changes}
        return await run_command("events", *arguments, environment=settings, folder=tmp_path)

    return run


async def test_subscribe_try_list_and_end(tidings: Command, receiver: Receiver) -> None:
    made = await tidings("subscribe", f"{receiver.url}/hook", "--kind", "message.received", "--json")
    assert made.status == 0, made.stderr
    subscription = json.loads(made.stdout)
    assert (await tidings("test", subscription["id"])).stdout == "Delivered, answered 200.\n"
    (webhook,) = receiver.at("/hook")
    assert webhook.is_signed(subscription["secret"])
    listed = await tidings("list")
    assert subscription["id"] in listed.stdout
    assert subscription["secret"] not in listed.stdout
    (delivery,) = json.loads((await tidings("deliveries", "--json")).stdout)["deliveries"]
    assert (delivery["kind"], delivery["state"]) == ("test", "delivered")
    again = await tidings("redeliver", str(delivery["id"]))
    assert again.stdout.startswith("1 to be delivered again")
    assert (await tidings("unsubscribe", subscription["id"])).status == 0
    assert json.loads((await tidings("list", "--json")).stdout) == {"subscriptions": []}


async def test_a_test_that_fails_says_what_was_answered(tidings: Command, receiver: Receiver) -> None:
    async def answer(_: Got, __: int) -> web.Response:
        return web.Response(status=401)

    receiver.answer = answer
    made = json.loads((await tidings("subscribe", f"{receiver.url}/hook", "--json")).stdout)
    refusal = (await tidings("test", made["id"])).refusal
    assert refusal == "The test event was not taken: It answered 401. It will be tried again."


@pytest.mark.parametrize(
    ("arguments", "says"),
    [
        (("subscribe", "https://example.com", "--kind", "message.gone"), 'There is no event "message.gone"; the'),
        (("subscribe", "example.com"), "A webhook needs an address that begins with https://"),
        (("subscribe", "campaign", "--prefect"), "A Prefect deployment is named as flow/deployment"),
        (("unsubscribe", NOBODY), f"There is no subscription {NOBODY}; `tidings events list`"),
        (("resume", NOBODY), f"There is no subscription {NOBODY}"),
        (("test", NOBODY), f"There is no subscription {NOBODY}"),
        (("redeliver", "99"), "There is nothing to deliver again"),
        (("deliveries", "--state", "gone"), 'There is no state "gone"; deliveries are pending'),
    ],
)
async def test_mistakes_are_one_sentence(tidings: Command, arguments: tuple[str, ...], says: str) -> None:
    assert (await tidings(*arguments)).refusal.startswith(says)


async def test_a_private_address_is_refused_unless_allowed(tidings: Command, receiver: Receiver) -> None:
    refused = await tidings("subscribe", f"{receiver.url}/hook", TIDINGS_ALLOW_PRIVATE_WEBHOOKS="false")
    assert "TIDINGS_ALLOW_PRIVATE_WEBHOOKS=true" in refused.refusal
