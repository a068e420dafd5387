"""The control API under /simulator: settings, a person's messages, the logs of requests and of people, counts."""

import json
from typing import Any

from aiohttp import web
from pydantic import Base64Bytes, BaseModel, ConfigDict, Field, ValidationError

from simulator.answers import json_answer
from simulator.credentials import is_account_sid
from simulator.errors import SimulatorError
from simulator.exchange import Exchange
from simulator.inbound import Attachment, Text, receive
from simulator.requestlog import Entry
from simulator.settings import changed

MOST_ENTRIES = 10_000


class Medium(BaseModel):
    """A medium with its bytes, in Base64."""

    model_config = ConfigDict(extra="forbid")

    content_type: str = Field(pattern="^[a-z]+/[a-z0-9.+-]+$")
    data: Base64Bytes

    def attachment(self) -> Attachment:
        """The medium as a person sends it."""
        return Attachment(self.content_type, self.data)


class InboundRequest(BaseModel):
    """The body of POST /simulator/inbound; one of `to` and `messaging_service_sid`.

    A medium is the address of one, or its type and bytes, which are then served as Twilio does.
    """

    model_config = ConfigDict(extra="forbid")

    person: str = Field(alias="from", min_length=1)
    to: str | None = None
    messaging_service_sid: str | None = None
    body: str = ""
    media: list[str | Medium] = []
    opt_out_type: str | None = Field(default=None, pattern="^(STOP|START|HELP)$")
    profile_name: str = "Pat"
    account_sid: str | None = None

    def text(self, *, base_url: str) -> Text:
        """The message as a person sends it."""
        return Text(
            person=self.person,
            body=self.body,
            to=self.to,
            service_sid=self.messaging_service_sid,
            media=tuple(
                Attachment(url=each) if isinstance(each, str) else each.attachment() for each in self.media
            ),
            opt_out_type=self.opt_out_type,
            profile_name=self.profile_name,
            base_url=base_url,
            account_sid=self.account_sid,
        )


class Subaccount(BaseModel):
    """The body of POST /simulator/accounts."""

    model_config = ConfigDict(extra="forbid")

    account_sid: str
    auth_token: str = Field(min_length=1)


class ControlApi:
    """Handlers of the control API over one exchange."""

    def __init__(self, exchange: Exchange) -> None:
        self._exchange = exchange

    def routes(self) -> list[web.RouteDef]:
        """Where the handlers belong."""
        return [
            web.get("/simulator/health", self.health),
            web.get("/simulator/settings", self.settings),
            web.patch("/simulator/settings", self.change),
            web.post("/simulator/accounts", self.add_account),
            web.post("/simulator/inbound", self.inbound),
            web.get("/simulator/inbound", self.heard),
            web.get("/simulator/messages", self.messages),
            web.get("/simulator/stats", self.stats),
            web.post("/simulator/reset", self.reset),
        ]

    async def health(self, _request: web.Request) -> web.Response:
        """That it runs."""
        return json_answer({"status": "ok"})

    async def settings(self, _request: web.Request) -> web.Response:
        """The whole settings object."""
        return json_answer(self._exchange.settings.model_dump())

    async def change(self, request: web.Request) -> web.Response:
        """Applies a JSON merge patch to the settings and answers the whole object."""
        self._exchange.apply(changed(self._exchange.settings, await _object(request)))
        return json_answer(self._exchange.settings.model_dump())

    async def add_account(self, request: web.Request) -> web.Response:
        """Opens a subaccount with an auth token of its own, or gives it another; it stays until the end."""
        try:
            wanted = Subaccount.model_validate(await _object(request))
        except ValidationError as error:
            raise SimulatorError("Give the subaccount's account_sid and auth_token.") from error
        credentials = self._exchange.credentials
        if not is_account_sid(wanted.account_sid) or wanted.account_sid == credentials.account_sid:
            raise SimulatorError(
                "account_sid must be AC and 32 hexadecimal digits, other than the main account's."
            )
        credentials.subaccounts[wanted.account_sid] = wanted.auth_token
        return json_answer({"account_sid": wanted.account_sid}, status=201)

    async def inbound(self, request: web.Request) -> web.Response:
        """Sends a person's message to the webhook and answers what the webhook said."""
        try:
            wanted = InboundRequest.model_validate(await _object(request))
        except ValidationError as error:
            first = error.errors()[0]
            raise SimulatorError(f"Field {first['loc'][0]} is refused: {first['msg']}.") from None
        received = await receive(self._exchange, wanted.text(base_url=str(request.url.origin())))
        return json_answer(
            {"sid": received.sid, "webhook_status": received.webhook_status, "twiml": received.twiml}
        )

    async def heard(self, request: web.Request) -> web.Response:
        """What people sent and how the webhook answered: `after` (an entry's number), `limit`."""
        query = request.query
        limit = min(_whole(query.get("limit", "1000")), MOST_ENTRIES)
        entries = self._exchange.inbound_log.entries[_whole(query.get("after", "0")) :]
        page = entries[:limit]
        return json_answer(
            {
                "messages": [entry.document() for entry in page],
                "next_after": page[-1].number if len(entries) > limit and page else None,
            }
        )

    async def messages(self, request: web.Request) -> web.Response:
        """The log of create requests: `to`, `after` (an entry's number), `limit`, `format=ndjson`."""
        query = request.query
        limit = min(_whole(query.get("limit", "1000")), MOST_ENTRIES)
        entries = self._exchange.log.after(_whole(query.get("after", "0")), to=query.get("to"))
        if query.get("format") == "ndjson":
            lines = "".join(json.dumps(self._document(entry)) + "\n" for entry in entries)
            return web.Response(text=lines, content_type="application/x-ndjson")
        page = entries[:limit]
        return json_answer(
            {
                "messages": [self._document(entry) for entry in page],
                "next_after": page[-1].number if len(entries) > limit and page else None,
            }
        )

    async def stats(self, _request: web.Request) -> web.Response:
        """Counts since the start or the last reset."""
        exchange = self._exchange
        return json_answer(
            {
                **exchange.counts,
                "messages_kept": len(exchange.store),
                "opt_outs": len(exchange.opt_outs),
                "under_way": exchange.under_way,
                "webhook_calls_waiting": exchange.courier.waiting(),
                "pools": exchange.senders.pools(),
            }
        )

    async def reset(self, _request: web.Request) -> web.Response:
        """Forgets everything but the settings."""
        self._exchange.reset()
        return json_answer({"status": "reset"})

    def _document(self, entry: Entry) -> dict[str, object]:
        message = self._exchange.store.find(entry.sid) if entry.sid is not None else None
        return {**entry.document(), "message_status": message.status if message is not None else None}


async def _object(request: web.Request) -> dict[str, Any]:
    try:
        given = json.loads(await request.read())
    except ValueError:
        raise SimulatorError("The body must be JSON.") from None
    if not isinstance(given, dict):
        raise SimulatorError("The body must be a JSON object.")
    return given


def _whole(text: str) -> int:
    if not (text.isascii() and text.isdigit()):
        raise SimulatorError(f"{text!r} is not a whole number.")
    return int(text)
