"""An inbound message that is stored and threaded, with all that decides how it is answered."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime
from functools import lru_cache
from uuid import UUID

import structlog
from sqlalchemy import RowMapping, text
from sqlalchemy.ext.asyncio import AsyncConnection

from messaging.consent.region_rules import ConsentRules
from messaging.keywords import Keyword
from models.campaigns.rendering import CONTACT_COLUMNS, values_of
from models.consent.refusal import CONSENT, REFUSAL, rule_values
from models.conversations.modes import mode_now
from models.conversations.tables import Mode
from models.inbound.payload import InboundMessage
from models.replies.definition import parse
from models.replies.rules import ReplyRules
from models.yaml_source import DefinitionError

log = structlog.get_logger(__name__)

_SITUATION = text(f"""
    SELECT {CONTACT_COLUMNS}, ct.profile_name, v.our_address, v.mode, v.mode_until,
        v.studio_flow, o.name AS organization, r.source, {REFUSAL} AS refusal,
        EXISTS (SELECT FROM consent_events e
            WHERE e.organization_id = m.organization_id AND e.phone = m.phone AND e.message_sid = :message_sid
                AND e.state_before <> e.state_after) AS consent_changed
    FROM conversations v
    JOIN contacts ct ON ct.id = v.contact_id
    JOIN organizations o ON o.id = v.organization_id
    LEFT JOIN reply_rules r ON r.organization_id = v.organization_id
    CROSS JOIN LATERAL (
        SELECT v.organization_id, ct.phone, ct.country, 'transactional' AS message_type, '' AS topic, v.channel) m
    {CONSENT}
    WHERE v.id = :conversation_id
""")  # noqa: S608 (only the text above is put in)


@dataclass(frozen=True, slots=True, kw_only=True)
class Heard:
    """A message of a person, and its place. `keyword` is set once a STOP, START or HELP was obeyed."""

    organization_id: UUID
    conversation_id: UUID
    contact_id: int
    message_id: int
    message: InboundMessage
    now: datetime
    keyword: Keyword | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class Situation:
    """What holds when a message is answered: the rules, the contact's values for texts, who answers, consent.

    `may_answer` is False for someone who said no; `consent_changed`, whether this message ended or restored any.
    """

    rules: ReplyRules
    has_rules: bool
    values: Mapping[str, object]
    our_address: str
    mode: Mode
    studio_flow: str | None
    may_answer: bool
    consent_changed: bool


async def situation_of(connection: AsyncConnection, heard: Heard) -> Situation:
    """Reads it, after the message's keyword was obeyed."""
    values = {
        "conversation_id": heard.conversation_id,
        "message_sid": heard.message.twilio_sid,
        **rule_values(ConsentRules(), now=heard.now),
    }
    row = (await connection.execute(_SITUATION, values)).mappings().one()
    rules = _compiled(row["source"]) if row["source"] else ReplyRules()
    return Situation(
        rules=rules,
        has_rules=row["source"] is not None,
        values=_values(row, rules),
        our_address=row["our_address"],
        mode=mode_now(row["mode"], row["mode_until"], now=heard.now),
        studio_flow=row["studio_flow"],
        may_answer=row["refusal"] is None,
        consent_changed=row["consent_changed"],
    )


def _values(row: RowMapping, rules: ReplyRules) -> dict[str, object]:
    own = {"identity": rules.identity or row["organization"], "profile_name": row["profile_name"]}
    return {**values_of(row), **own}


@lru_cache(maxsize=64)
def _compiled(source: str) -> ReplyRules:
    """Stored rules. Those that this version cannot read are as good as none: no message may be lost for it."""
    try:
        return parse(source, where="the stored reply rules").rules
    except DefinitionError as error:
        log.error("reply rules cannot be read; load them again", line=error.line, column=error.column)
        return ReplyRules()
