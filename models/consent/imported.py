"""What a file of contacts says about marketing: the ledger and the current state, in the caller's transaction.

Reads the import's batch, the table `staged_contacts`: one row for each phone, `answer` a consent state, with its
evidence. The numbers as an array are looked up in the index one by one, however many consents there are.
"""

from dataclasses import dataclass
from datetime import datetime
from uuid import UUID

from sqlalchemy import text
from sqlalchemy.ext.asyncio import AsyncConnection

from models.consent.tables import ConsentMethod

# A no is known through the file alone: the method that was named is that of every yes.
_EVIDENCE = """
        CASE WHEN s.answer = 'opted_in' THEN CAST(:method AS text) ELSE 'import' END,
        COALESCE(s.source, CAST(:source AS text)),
        jsonb_build_object('file', CAST(:file AS text), 'line', s.line), COALESCE(s.answered_at, :now), :now"""

_THEIRS = """
            c.organization_id = :organization_id AND c.phone = ANY(ARRAY(SELECT phone FROM staged_contacts))
            AND c.message_type = 'marketing' AND c.topic = '' AND c.channel = 'sms'"""

_COUNTED = """
    SELECT count(*) FILTER (WHERE state_after = 'opted_in') AS opted_in,
        count(*) FILTER (WHERE state_after = 'opted_out') AS opted_out
    FROM entries"""

# The id of the ledger's entry is drawn first, as in `opt_out`; its sequence by name, for looking the name up for
# each of a million rows takes seconds. A STOP that came first is in the way, and stays.
_FIRST_HEARD_OF = text(f"""
    WITH fresh AS (
        INSERT INTO consents (organization_id, phone, message_type, topic, channel, state, before_opt_out,
                              opt_out_method, event_id, given_at)
        SELECT :organization_id, s.phone, 'marketing', '', 'sms', s.answer,
               CASE WHEN s.answer = 'opted_out' THEN 'unknown' END,
               CASE WHEN s.answer = 'opted_out' THEN 'import' END,
               nextval('consent_events_id_seq'), COALESCE(s.answered_at, :now)
        FROM staged_contacts s
        WHERE s.answer IS NOT NULL
        ORDER BY s.phone
        ON CONFLICT (organization_id, phone, message_type, topic, channel) DO NOTHING
        RETURNING phone, event_id
    ),
    entries AS (
        INSERT INTO consent_events (id, organization_id, phone, message_type, topic, channel, state_before,
                                    state_after, method, source, evidence, given_at, recorded_at)
        OVERRIDING SYSTEM VALUE
        SELECT f.event_id, :organization_id, s.phone, 'marketing', '', 'sms', 'unknown', s.answer, {_EVIDENCE}
        FROM fresh f JOIN staged_contacts s USING (phone)
        RETURNING state_after
    )
    {_COUNTED}, (SELECT count(*) FROM staged_contacts WHERE answer IS NOT NULL) AS answers
""")  # noqa: S608 (only the text above is put in)

# `FOR UPDATE` judges the state anew once it has the row, so a STOP committed in the meantime is seen, and stays.
_KNOWN = text(f"""
    WITH locked AS (
        SELECT c.phone, c.state
        FROM consents c JOIN staged_contacts s USING (phone)
        WHERE {_THEIRS} AND c.state <> 'opted_out' AND c.state <> s.answer
        ORDER BY c.phone
        FOR UPDATE OF c
    ),
    entries AS (
        INSERT INTO consent_events (organization_id, phone, message_type, topic, channel, state_before,
                                    state_after, method, source, evidence, given_at, recorded_at)
        SELECT :organization_id, s.phone, 'marketing', '', 'sms', l.state, s.answer, {_EVIDENCE}
        FROM locked l JOIN staged_contacts s USING (phone)
        RETURNING id, phone, state_before, state_after, given_at
    ),
    changed AS (
        UPDATE consents c
        SET state = e.state_after, event_id = e.id, given_at = e.given_at,
            before_opt_out = CASE WHEN e.state_after = 'opted_out' THEN e.state_before END,
            opt_out_method = CASE WHEN e.state_after = 'opted_out' THEN 'import' END
        FROM entries e
        WHERE c.organization_id = :organization_id AND c.phone = e.phone AND c.message_type = 'marketing'
            AND c.topic = '' AND c.channel = 'sms'
    )
    {_COUNTED}
""")  # noqa: S608 (only the text above is put in)

_LEFT_OPTED_OUT = text(f"""
    SELECT count(*)
    FROM consents c JOIN staged_contacts s USING (phone)
    WHERE {_THEIRS} AND c.state = 'opted_out' AND s.answer = 'opted_in'
""")  # noqa: S608 (only the text above is put in)


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
    known = (await connection.execute(_KNOWN, values)).one()
    left = (await connection.execute(_LEFT_OPTED_OUT, {"organization_id": organization_id})).scalar_one()
    return ImportedConsents(fresh.opted_in + known.opted_in, fresh.opted_out + known.opted_out, int(left))
