"""A person sends a message to a sender of the account: the webhook is called, and what it answers is sent.

Fields: https://www.twilio.com/docs/messaging/guides/webhook-request
"""

from dataclasses import dataclass
from urllib.parse import urljoin

from simulator.chance import Chance
from simulator.courier import Call
from simulator.errors import SimulatorError
from simulator.exchange import Exchange
from simulator.geography import place_fields
from simulator.lifecycle import Life
from simulator.messages import API_VERSION, Message
from simulator.numbers import canonical, split_channel
from simulator.optouts import ANSWERS, keyword
from simulator.twiml import Reply, replies


@dataclass(frozen=True, slots=True)
class Attachment:
    """A medium that a person sends along: its bytes, which we keep, or the address of somebody else's."""

    content_type: str = "image/jpeg"
    data: bytes = b""
    url: str | None = None


@dataclass(frozen=True, slots=True)
class Text:
    """What a person sends; `service_sid` stands for the number of its pool that the person knows.

    `base_url` is where we are reached ourselves: the beginning of our media's addresses.
    """

    person: str
    body: str
    to: str | None = None
    service_sid: str | None = None
    media: tuple[Attachment, ...] = ()
    opt_out_type: str | None = None
    profile_name: str = "Pat"
    base_url: str = ""
    account_sid: str | None = None


@dataclass(frozen=True, slots=True)
class Received:
    """The inbound message's SID, the webhook's status (None: not reached) and its answer."""

    sid: str
    webhook_status: int | None
    twiml: str


async def receive(exchange: Exchange, text: Text) -> Received:
    """Takes in a person's message and waits for the webhook. Raises `SimulatorError` when none is set."""
    url = exchange.settings.inbound_url
    if url is None:
        raise SimulatorError("There is no inbound webhook; set inbound_url in the simulator's settings.")
    message = _message(exchange, text)
    word = text.opt_out_type or keyword(text.body)
    if _is_handled(exchange, message):
        exchange.opt_outs.hear(word, person=message.sender or "", sender_key=message.service_sid or message.to)
    exchange.store.add(message)
    exchange.counts["inbound"] += 1
    entry = exchange.inbound_log.open(message, word=word)
    answer = await exchange.courier.call(Call(url, _fields(exchange, message, text, word=word)))
    entry.answered(answer.status)
    await _confirm(exchange, message, word=word)
    if answer.status is not None and answer.status < 300:
        for reply in replies(answer.body):
            await _reply(exchange, message, reply, base=url)
    return Received(message.sid, answer.status, answer.body)


def _message(exchange: Exchange, text: Text) -> Message:
    person = canonical(text.person)
    service, to = text.service_sid, canonical(text.to or "")
    if service is not None:
        to = exchange.senders.sticky(service, person, size=exchange.settings.pool_size)
    elif not to:
        raise SimulatorError("Say whom the message is for: `to` or `messaging_service_sid`.")
    service = service or exchange.senders.service_of(split_channel(to)[1])
    message = Message(
        account_sid=_account(exchange, text, service),
        to=to,
        sender=person,
        body=text.body,
        direction="inbound",
        status="received",
        service_sid=service,
        media=[attachment.url or "" for attachment in text.media],
    )
    message.sent_at = message.created_at
    for place, attachment in enumerate(text.media):
        if attachment.url is None:
            kept = exchange.media.add(message, content_type=attachment.content_type, data=attachment.data)
            message.media[place] = text.base_url + kept.path()
    return message


def _is_handled(exchange: Exchange, message: Message) -> bool:
    """Whether Twilio itself obeys and answers STOP: on WhatsApp only where Advanced Opt-Out is set up."""
    return not (message.sender or "").startswith("whatsapp:") or exchange.settings.advanced_opt_out


def _account(exchange: Exchange, text: Text, service: str | None) -> str:
    """The account that is written to: the one said, else the service's, else the main one."""
    known = exchange.senders.account_of(service) if service is not None else None
    return text.account_sid or known or exchange.credentials.account_sid


def _fields(exchange: Exchange, message: Message, text: Text, *, word: str | None) -> list[tuple[str, str]]:
    person, account = message.sender or "", message.account_sid
    fields = {
        **place_fields("To", message.to),
        **place_fields("From", person),
        "SmsMessageSid": message.sid,
        "SmsSid": message.sid,
        "MessageSid": message.sid,
        "AccountSid": account,
        "SmsStatus": "received",
        "Body": message.body,
        "From": person,
        "To": message.to,
        "NumMedia": str(len(message.media)),
        "NumSegments": str(message.segments),
        "ApiVersion": API_VERSION,
    }
    if message.service_sid is not None:
        fields["MessagingServiceSid"] = message.service_sid
    if person.startswith("whatsapp:"):
        fields |= {"ProfileName": text.profile_name, "WaId": person.removeprefix("whatsapp:+")}
    if word is not None and exchange.settings.advanced_opt_out:
        fields["OptOutType"] = word
    for index, (url, attachment) in enumerate(zip(message.media, text.media, strict=True)):
        fields |= {f"MediaUrl{index}": url, f"MediaContentType{index}": attachment.content_type}
    return list(fields.items())


async def _confirm(exchange: Exchange, message: Message, *, word: str | None) -> None:
    if word in ANSWERS and exchange.settings.confirm_opt_outs and _is_handled(exchange, message):
        await _reply(exchange, message, Reply(body=ANSWERS[word], media=[]), base="", automatic=True)


async def _reply(
    exchange: Exchange, message: Message, reply: Reply, *, base: str, automatic: bool = False
) -> None:
    person, key = canonical(reply.to or message.sender or ""), message.service_sid or message.to
    if not automatic and exchange.opt_outs.stopped(person=person, sender_key=key):
        exchange.counts["replies_blocked"] += 1
        return
    outgoing = Message(
        account_sid=message.account_sid,
        to=person,
        sender=reply.sender or message.to,
        body=reply.body,
        direction="outbound-reply",
        status="queued",
        service_sid=message.service_sid,
        media=reply.media,
        callback_url=urljoin(base, reply.callback_url) if reply.callback_url else None,
    )
    exchange.store.add(outgoing)
    exchange.counts["replies_sent"] += 1
    chance = exchange.chance(outgoing.to, outgoing.body)
    await Life(exchange, outgoing, chance=chance, reaction=_no_reaction).begin()


async def _no_reaction(_message: Message, _chance: Chance) -> None:
    """People do not answer automatic replies, or two machines would talk without end."""
