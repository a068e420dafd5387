"""What recipients do after a message reached them: some reply, some say STOP."""

import asyncio

from simulator.chance import Chance
from simulator.exchange import Exchange
from simulator.inbound import Text, receive
from simulator.messages import Message
from simulator.settings import Script


async def react(exchange: Exchange, message: Message, chance: Chance) -> None:
    """Sends the recipient's answer to a delivered message, if there is one and somewhere to send it."""
    body = answer_to(exchange, message, chance)
    if body is None or exchange.settings.inbound_url is None or message.sender is None:
        return
    await asyncio.sleep(chance.within("reply delay", exchange.settings.people.delay))
    text = Text(person=message.to, body=body, to=message.sender, service_sid=message.service_sid)
    await receive(exchange, text)


def answer_to(exchange: Exchange, message: Message, chance: Chance) -> str | None:
    """The text the recipient answers, or None; a script for the number goes before the shares."""
    script = exchange.settings.scripts.get(message.to, Script())
    if script.reply is not None:
        return script.reply
    people = exchange.settings.people
    kind = chance.share_of("reply", [("reply", people.reply), ("stop", people.stop)])
    if kind == "reply":
        return chance.pick("reply text", people.texts)
    if kind == "stop":
        return chance.pick("reply text", people.stop_texts)
    return None
