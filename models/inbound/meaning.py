"""What an inbound text asks of consent: a keyword, a refusal in plain language, or a doubt."""

from dataclasses import dataclass
from uuid import UUID

from sqlalchemy.ext.asyncio import AsyncConnection

from messaging.keywords import Keyword, recognise
from messaging.refusals import Refusal, judge
from models.inbound.payload import InboundMessage
from models.policy.store import load_policy


@dataclass(frozen=True, slots=True)
class Meaning:
    """`keyword` is what to obey. `phrase` is set for a STOP in plain language, `doubt` for a text that may be one.

    Both name a phrase of the tables, never the text.
    """

    keyword: Keyword | None = None
    phrase: str | None = None
    doubt: str | None = None

    @property
    def is_stop(self) -> bool:
        """Whether the person wants no more messages, in whatever words."""
        return self.keyword is Keyword.STOP


async def meaning_of(connection: AsyncConnection, message: InboundMessage, *, organization_id: UUID) -> Meaning:
    """The meaning of a text to this organization, which may have keywords of its own.

    Twilio's `OptOutType` and the default keywords decide alone; only other texts are read for what they say.
    """
    keyword = recognise(message.body, opt_out_type=message.opt_out_type)
    if keyword is not None or not message.body:
        return Meaning(keyword)
    policy = await load_policy(connection, organization_id)
    verdict = judge(message.body, keywords=policy.opt_out.keywords)
    if verdict.refusal is Refusal.OPTED_OUT:
        return Meaning(Keyword.STOP, phrase=verdict.why)
    return Meaning(doubt=verdict.why if verdict.refusal is Refusal.DOUBTFUL else None)
