"""What a file of contacts says about marketing: the ledger and the current state, in the caller's transaction.

Reads the import's batch, the table `staged_contacts`: one row for each phone, `answer` a consent state, with its
evidence. A STOP, whether it came before or comes at the same moment, is in the way, and stays.
"""

from dataclasses import dataclass
from datetime import datetime
from uuid import UUID

from sqlalchemy import text
from sqlalchemy.ext.asyncio import AsyncConnection

from models.consent.ledger import asked, first, known
from models.consent.tables import ConsentMethod

# A no is known through the file alone: the method that was named is that of every yes.
_ROWS = asked(
    "FROM staged_contacts s WHERE s.answer IS NOT NULL",
    phone="s.phone",
    message_type="'marketing'",
    says="s.answer",
    action="CASE WHEN s.answer = 'opted_in' THEN 'opt_in' ELSE 'opt_out' END",
    method="CASE WHEN s.answer = 'opted_in' THEN CAST(:method AS text) ELSE 'import' END",
    source="COALESCE(s.source, CAST(:source AS text))",
    wording="s.evidence ->> 'wording'",
    wording_version="s.evidence ->> 'wording_version'",
    ip="s.evidence ->> 'ip'",
    user_agent="s.evidence ->> 'user_agent'",
    proof="s.evidence ->> 'proof'",
    evidence="jsonb_build_object('file', CAST(:file AS text), 'line', s.line)",
    given_at="COALESCE(s.answered_at, CAST(:now AS timestamptz))",
)

_COUNTED = """
    SELECT count(*) FILTER (WHERE state_after = 'opted_in') AS opted_in,
        count(*) FILTER (WHERE state_after = 'opted_out') AS opted_out
    FROM entries"""

# A confirmation on top of a plain yes, or a yes on top of a sale (`models.consent.basis`).
_MAKES_STRONGER = "a.says = 'opted_in' AND consent_basis(c.basis, c.state, a.says, a.method) <> c.basis"

_FIRST_HEARD_OF = first(_ROWS, told=_COUNTED)
_KNOWN = known(
    _ROWS,
    only=f"c.state <> 'opted_out' AND (c.state <> a.says OR {_MAKES_STRONGER})",
    told=_COUNTED,
)

# The numbers as an array are looked up in the index one by one, however many consents there are.
_LEFT_OPTED_OUT = text("""
    SELECT count(*)
    FROM consents c JOIN staged_contacts s USING (phone)
    WHERE c.organization_id = :organization_id AND c.phone = ANY(ARRAY(SELECT phone FROM staged_contacts))
        AND c.message_type = 'marketing' AND c.topic = '' AND c.channel = 'sms'
        AND c.state = 'opted_out' AND s.answer = 'opted_in'
""")


@dataclass(frozen=True, slots=True)
class ImportedConsents:
    """Consents and opt-outs written, and those to whom the file says yes but who had said no before."""

    opted_in: int
    opted_out: int
    left_opted_out: int


async def record_imported(
    connection: AsyncConnection,
    *,
    organization_id: UUID,
    method: ConsentMethod | None,
    source: str,
    file: str,
    now: datetime,
) -> ImportedConsents:
    """Writes every answer that changes a marketing consent, with a ledger entry; none revives an opt-out.

    `method` is how every yes was given, `source` where, unless its row says so itself; `file` is the file's name,
    kept as evidence with the line. A START does not undo an imported no. Answers that change nothing leave no
    entry, so that importing a file again is harmless.
    """
    values = {
        "organization_id": organization_id,
        "method": method.value if method else None,
        "source": source,
        "file": file,
        "now": now,
    }
    fresh = (await connection.execute(_FIRST_HEARD_OF, values)).one()
    changed = (await connection.execute(_KNOWN, values)).one()
    left = (await connection.execute(_LEFT_OPTED_OUT, {"organization_id": organization_id})).scalar_one()
    return ImportedConsents(fresh.opted_in + changed.opted_in, fresh.opted_out + changed.opted_out, int(left))
