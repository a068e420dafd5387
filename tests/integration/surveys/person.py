"""A person who writes to the default organization and hears its automatic replies, minute by minute."""

from collections.abc import Sequence
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from uuid import UUID
from xml.etree import ElementTree as Xml

from sqlalchemy.ext.asyncio import AsyncConnection

from models.inbound.handling import handle_inbound
from models.inbound.payload import read_inbound
from models.replies.store import save_rules
from models.replies.terms import ReplyTerms
from models.surveys.definition import parse
from models.surveys.store import StoredSurvey, add_survey
from tests.conftest import ACCOUNT_SID, MARKETING_SERVICE
from tests.integration.outbox import NOW, PHONE, sid

TERMS = ReplyTerms(per_minute=100, public_base_url="https://hooks.tidings.test")
RULES = """
identity: Acme
answers: none
rules:
  - {words: [visit], survey: visit}
  - {words: [join], join: {ask: Reply YES to join., thanks: You are in.}}
default: {reply: We will read this., hours: 0.001}
"""
SURVEY = """
name: visit
intro: Hi!
steps:
  - {key: score, kind: number, min: 0, max: 10, text: 'Score?', invalid: '0 to 10.'}
  - {key: why, kind: text, optional: true, text: 'Why {{ score }}?'}
  - {key: again, kind: yes_no, text: 'Again?'}
closing: 'Thanks, {{ first_name | default: "you" }}: {{ again }}.'
tries: 2
gave_up: Never mind.
hours: 24
remind_hours: 4
reminder: 'Still there? {{ question }}'
tag: surveyed
"""


@dataclass
class Person:
    """Each message comes a minute after the one before it."""

    connection: AsyncConnection
    phone: str = PHONE
    channel: str = "sms"
    now: datetime = NOW
    number: int = 0
    sids: list[str] = field(default_factory=list)

    async def says(self, body: str, **fields: str) -> list[str]:
        """The replies to one message."""
        self.now += timedelta(minutes=1)
        self.number += 1
        self.sids.append(sid(self.number + 1_000 * int(self.phone[-4:])))
        return await self.again(body, **fields)

    async def again(self, body: str, **fields: str) -> list[str]:
        """The last message, delivered once more."""
        prefix = "whatsapp:" if self.channel == "whatsapp" else ""
        given = {
            "MessageSid": self.sids[-1],
            "From": f"{prefix}{self.phone}",
            "To": f"{prefix}+12025550100",
            "MessagingServiceSid": MARKETING_SERVICE,
            "Body": body,
            **fields,
        }
        message = read_inbound(given.items(), account_sid=ACCOUNT_SID)
        handled = await handle_inbound(self.connection, message, now=self.now, terms=TERMS)
        return said(handled.answer)

    async def talks(self, *bodies: str) -> list[Sequence[str]]:
        """The replies to each of several messages."""
        return [await self.says(body) for body in bodies]

    def waits(self, **time: float) -> None:
        """Lets business time pass."""
        self.now += timedelta(**time)


def said(twiml: str) -> list[str]:
    """The bodies of a TwiML answer's messages."""
    root = Xml.fromstring(twiml)  # noqa: S314 (our own)
    return ["".join(message.itertext()) for message in root.iter("Message")]


async def set_up(connection: AsyncConnection, organization_id: UUID, survey: str = SURVEY) -> StoredSurvey:
    """The rules, and a survey to be started by the word VISIT."""
    await save_rules(connection, organization_id, RULES, now=NOW)
    parsed = parse(survey, where="survey.yaml").checked(())
    return await add_survey(connection, parsed, organization_id=organization_id, source=survey, now=NOW)
