"""What a person told us outside a message: a consent or a no, with its evidence, in the ledger and the state."""

from dataclasses import dataclass
from datetime import datetime
from typing import Any
from uuid import UUID

from sqlalchemy import Row, text
from sqlalchemy.ext.asyncio import AsyncConnection

from messaging.consent.conditions import require_conditions
from messaging.errors import TidingsError
from models.consent.evidence import EVIDENCE, NO_EVIDENCE, Evidence
from models.consent.ledger import KEY, asked, write
from models.consent.tables import ANY_TOPIC, TAKEN_BACK_BY_START, ConsentAction, ConsentMethod, ConsentState
from models.events.consents import note_consents
from models.rights.suppressed import require_not_erased
from models.senders import MessageType

# A STOP that comes at the same moment is in the way of a yes here too, not only in the look before.
_RECORD = write(
    asked(
        "",
        phone="CAST(:phone AS text)",
        message_type="CAST(:message_type AS text)",
        topic="CAST(:topic AS text)",
        channel="CAST(:channel AS text)",
        says="CAST(:state AS text)",
        action="CAST(:action AS text)",
        actor="CAST(:actor AS text)",
        given_at="CAST(:given_at AS timestamptz)",
        **EVIDENCE,
    ),
    only="""a.says = 'opted_out' OR c.state <> 'opted_out'
        OR (NOT c.opt_out_method = ANY(CAST(:only_by_start AS text[])) AND c.given_at < a.given_at)""",
)

_IN_THE_WAY = text(f"""
    SELECT topic, channel, opt_out_method, given_at FROM consents
    WHERE organization_id = :organization_id AND phone = :phone AND message_type = :message_type
        AND topic IN ('', :topic) AND channel IN ('sms', :channel) AND state = 'opted_out'
    ORDER BY {KEY}
    FOR UPDATE
""")  # noqa: S608 (only the text above is put in)


class OptedOut(TidingsError):
    """A no stands against the consent; the text says what would end it."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Declaration:
    """What a person declared at `given_at`: `state` is opted in or out; `phone` is in E.164.

    `source` is the form, call or paper; `actor` who recorded it. It is about every topic unless it names one.
    """

    organization_id: UUID
    phone: str
    message_type: MessageType
    channel: str
    state: ConsentState
    method: ConsentMethod
    source: str
    given_at: datetime
    actor: str
    topic: str = ANY_TOPIC
    evidence: Evidence = NO_EVIDENCE


async def record(connection: AsyncConnection, given: Declaration, *, now: datetime) -> int:
    """Writes the declaration; returns the id of its ledger entry.

    A no always counts. A yes does not end a no that the person texted or a carrier reported: their START does. A
    no that reached us in another way is ended by a yes to the same that was given later, but by no sale. Raises
    `OptedOut`, `ConditionsMissing`, or `PersonErased` for a yes of someone who was erased.
    """
    if given.state is ConsentState.OPTED_IN:
        require_conditions(given.method, proof=given.evidence.proof, wording=given.evidence.wording)
        await require_not_erased(connection, given.phone, organization_id=given.organization_id)
    values = _values(given, now)
    await _require_no_objection(connection, given, values)
    entries = await _RECORD.run(connection, values)
    if not entries:
        await _require_no_objection(connection, given, values)
    await note_consents(connection, [entry.id for entry in entries], now=now)
    return int(entries[0].id)


async def _require_no_objection(connection: AsyncConnection, given: Declaration, values: dict[str, Any]) -> None:
    if given.state is ConsentState.OPTED_OUT:
        return
    for no in await connection.execute(_IN_THE_WAY, values):
        _judge(given, no)


def _judge(given: Declaration, no: Row[Any]) -> None:
    if no.opt_out_method in TAKEN_BACK_BY_START:
        raise OptedOut("This person said STOP; only their own START, by a message to us, ends that.")
    if given.method is ConsentMethod.SOFT_OPT_IN:
        raise OptedOut("This person said no; a sale does not end that, only a consent of theirs does.")
    if (no.topic, no.channel) != (given.topic, given.channel):
        about = "every topic" if no.topic != given.topic else "every channel"
        raise OptedOut(f"This person said no to {about}; a consent to one does not end that, one to {about} does.")
    if given.given_at <= no.given_at:
        raise OptedOut("This person said no after this consent was given; a later consent is needed.")


def _values(given: Declaration, now: datetime) -> dict[str, Any]:
    is_yes = given.state is ConsentState.OPTED_IN
    return {
        "organization_id": given.organization_id,
        "phone": given.phone,
        "message_type": given.message_type.value,
        "topic": given.topic,
        "channel": given.channel,
        "state": given.state.value,
        "action": (ConsentAction.OPT_IN if is_yes else ConsentAction.OPT_OUT).value,
        "method": given.method.value,
        "source": given.source,
        "actor": given.actor,
        **given.evidence.values(),
        "given_at": given.given_at,
        "only_by_start": [method.value for method in TAKEN_BACK_BY_START],
        "now": now,
    }
