"""The Messages API: /2010-04-01/Accounts/{sid}/Messages.json and below."""

import asyncio
import functools
import time
from urllib.parse import parse_qs

from aiohttp import web

from simulator.answers import json_answer, refusal
from simulator.callbacks import status_fields
from simulator.chance import Chance
from simulator.courier import Call
from simulator.creation import Form, first, read_message
from simulator.errors import TwilioError
from simulator.exchange import Exchange
from simulator.faults import BEFORE, NoAnswer, go_wrong
from simulator.lifecycle import Life
from simulator.listing import page_of, read_query
from simulator.messages import API_VERSION, FINAL, Message
from simulator.numbers import canonical
from simulator.people import react
from simulator.requestlog import Entry
from simulator.settings import Script

CANCELABLE = frozenset({"scheduled", "accepted", "queued"})


class MessagesApi:
    """Handlers of the Messages resource over one exchange."""

    def __init__(self, exchange: Exchange) -> None:
        self._exchange = exchange
        self._in_flight = 0

    def routes(self) -> list[web.RouteDef]:
        """Where the handlers belong."""
        base = f"/{API_VERSION}/Accounts/{{account}}/Messages"
        return [
            web.post(f"{base}.json", self.create),
            web.get(f"{base}.json", self.list),
            web.get(f"{base}/{{sid}}.json", self.fetch),
            web.post(f"{base}/{{sid}}.json", self.update),
            web.delete(f"{base}/{{sid}}.json", self.delete),
        ]

    async def create(self, request: web.Request) -> web.StreamResponse:
        """Takes a message, logs the request and what it was answered."""
        received = time.monotonic()
        form = await read_form(request)
        entry = self._exchange.log.open(form, received=received)
        entry.account_sid = request.match_info["account"]
        self._exchange.counts["requests"] += 1
        self._in_flight += 1
        try:
            answer = await self._create(request, form, entry)
        except TwilioError as error:
            entry.error_code = error.code
            answer = refusal(error)
            if error.status == 429 and self._exchange.settings.retry_after is not None:
                answer.headers["Retry-After"] = str(self._exchange.settings.retry_after)
        except NoAnswer:
            return web.Response()
        finally:
            self._in_flight -= 1
            entry.answered_monotonic = time.monotonic()
        entry.answer = answer.status
        self._exchange.counts[f"answered_{answer.status}"] += 1
        return answer

    async def _create(self, request: web.Request, form: Form, entry: Entry) -> web.Response:
        exchange, settings = self._exchange, self._exchange.settings
        entry.credential = self._authorize(request)
        self._limit()
        to, body = canonical(first(form, "To")), first(form, "Body")
        chance = exchange.chance(to, body)
        script = settings.scripts.get(to, Script())
        entry.fault = script.fault or chance.share_of("fault", settings.faults.shares())
        if entry.fault in BEFORE:
            return await go_wrong(entry.fault, request, body=b"", hold=settings.faults.timeout_seconds)
        if settings.latency.high:
            await asyncio.sleep(chance.within("latency", settings.latency))
        message = self._accepted(form, entry, script)
        created = json_answer(message.resource(), status=201)
        await self._begin(message, chance)
        if entry.fault is None:
            return created
        right = created.body if isinstance(created.body, bytes) else b""
        return await go_wrong(entry.fault, request, body=right, hold=settings.faults.timeout_seconds)

    def _accepted(self, form: Form, entry: Entry, script: Script) -> Message:
        exchange, settings = self._exchange, self._exchange.settings
        message = read_message(form, settings=settings, account_sid=entry.account_sid)
        service = message.service_sid
        if service is not None and not exchange.senders.belongs_to(service, entry.account_sid):
            raise TwilioError(21705, service)
        if script.error is not None:
            raise TwilioError(script.error, message.to)
        stopped = exchange.opt_outs.stopped(person=message.to, sender_key=message.sender_key)
        if stopped and settings.block_after_stop and message.send_at is None:
            raise TwilioError(21610)
        exchange.store.add(message)
        exchange.counts["accepted"] += 1
        entry.accepted, entry.sid = True, message.sid
        return message

    async def _begin(self, message: Message, chance: Chance) -> None:
        reaction = functools.partial(react, self._exchange)
        await Life(self._exchange, message, chance=chance, reaction=reaction).begin()

    async def list(self, request: web.Request) -> web.StreamResponse:
        """A page of messages, newest first."""
        self._authorize(request)
        query = read_query(request.query)
        return json_answer(page_of(self._exchange.store, query, account_sid=request.match_info["account"]))

    async def fetch(self, request: web.Request) -> web.StreamResponse:
        """One message."""
        self._authorize(request)
        return json_answer(self._message(request).resource())

    async def update(self, request: web.Request) -> web.StreamResponse:
        """Cancels a message that is not sent yet (`Status=canceled`), or redacts its text (`Body=`)."""
        self._authorize(request)
        form, message = await read_form(request), self._message(request)
        if first(form, "Status") == "canceled":
            return await self._cancel_or_fail(request, message)
        if "Body" in form and first(form, "Body") == "":
            self._redact(message)
        else:
            raise TwilioError(20001, "Status or Body")
        return json_answer(message.resource())

    async def delete(self, request: web.Request) -> web.StreamResponse:
        """Forgets a message that has reached its end."""
        self._authorize(request)
        message = self._message(request)
        if message.status not in FINAL:
            raise TwilioError(20009, message.sid)
        self._exchange.store.delete(message)
        return web.Response(status=204)

    async def _cancel_or_fail(self, request: web.Request, message: Message) -> web.Response:
        fault, hold = self._exchange.settings.cancel_fault, self._exchange.settings.faults.timeout_seconds
        try:
            if fault in BEFORE:
                return await go_wrong(fault, request, body=b"", hold=hold)
            self._cancel(message)
            answer = json_answer(message.resource())
            if fault is None:
                return answer
            right = answer.body if isinstance(answer.body, bytes) else b""
            return await go_wrong(fault, request, body=right, hold=hold)
        except NoAnswer:
            return web.Response()

    def _cancel(self, message: Message) -> None:
        if message.status not in CANCELABLE:
            raise TwilioError(30409, message.sid)
        message.advance("canceled")
        self._exchange.cancel(message.sid)
        self._exchange.counts["reached_canceled"] += 1
        if message.callback_url is not None:
            self._exchange.courier.post(Call(message.callback_url, status_fields(message)), lane=message.sid)

    def _redact(self, message: Message) -> None:
        if message.status not in FINAL | {"sent"}:
            raise TwilioError(20009, message.sid)
        message.body = ""

    def _message(self, request: web.Request) -> Message:
        message = self._exchange.store.find(request.match_info["sid"])
        if message is None or message.account_sid != request.match_info["account"]:
            raise TwilioError(20404, request.path)
        return message

    def _authorize(self, request: web.Request) -> str:
        account = request.match_info["account"]
        credential = self._exchange.credentials.authenticate(request.headers.get("Authorization"), account=account)
        if credential is None:
            raise TwilioError(20003)
        return credential

    def _limit(self) -> None:
        settings = self._exchange.settings
        if settings.api_concurrency is not None and self._in_flight > settings.api_concurrency:
            raise TwilioError(20429)
        if settings.api_rate is None:
            return
        line, now, one = self._exchange.line, time.monotonic(), 1 / settings.api_rate
        # A second's worth may come at once, as clients in parallel do.
        if line.wait("api", now=now) > 1.0:
            raise TwilioError(20429)
        line.take("api", now=now, seconds=one)


async def read_form(request: web.Request) -> Form:
    """The form fields of a request, blanks kept. Raises `TwilioError` 20001 for what is not UTF-8."""
    try:
        text = (await request.read()).decode()
    except UnicodeDecodeError:
        raise TwilioError(20001, "body") from None
    return parse_qs(text, keep_blank_values=True)
