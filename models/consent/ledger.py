"""The one way to write consent: an entry of the ledger and the state that follows from it, in one statement.

A writer says with `asked` what is to be written, one row for each consent: a number, a type of message, a topic
and a channel. `first` is for those of whom nothing is known, `known` for the others.

    asked ──▶ locked (the state now, held) ──▶ entries (the ledger) ──▶ moved (the state)
"""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any, Final

from sqlalchemy import Row, TextClause, text
from sqlalchemy.ext.asyncio import AsyncConnection

from models.consent.basis import AGREED_AT, BASIS

KEY: Final = "organization_id, phone, message_type, topic, channel"
"""What has one state."""

_NOTHING = "CAST(NULL AS text)"
_ENTRY: Mapping[str, str] = {
    "organization_id": "CAST(:organization_id AS uuid)",
    "phone": "",
    "message_type": "",
    "topic": "''",
    "channel": "'sms'",
    "action": "",
    "method": "CAST(:method AS text)",
    "source": "CAST(:source AS text)",
    "message_sid": _NOTHING,
    "actor": _NOTHING,
    "wording": _NOTHING,
    "wording_version": _NOTHING,
    "ip": _NOTHING,
    "user_agent": _NOTHING,
    "proof": _NOTHING,
    "evidence": "CAST('{}' AS jsonb)",
    "given_at": "CAST(:now AS timestamptz)",
}
"""The columns of an entry that `asked` fills, with what holds where a writer says nothing; "" must be said."""

_COPIED = ", ".join(_ENTRY)
TOLD: Final = f"SELECT id, {KEY}, state_before, state_after, evidence FROM entries ORDER BY id"  # noqa: S608 (see above)
"""What a statement answers unless it is told otherwise."""

STANDS: Final = "(e.state_before <> e.state_after OR e.action NOT IN ('start', 'kept'))"
"""Whether the state is what entry `e` says: all but what only remarks that nothing was changed."""

AFTER: Final[Mapping[str, str]] = {
    "state": "e.state_after",
    "event_id": "e.id",
    "given_at": "e.given_at",
    "before_opt_out": """CASE WHEN e.state_after <> 'opted_out' THEN NULL
        WHEN e.state_before = 'opted_out' THEN c.before_opt_out
        WHEN e.state_before = 'pending' THEN 'unknown' ELSE e.state_before END""",
    "opt_out_method": """CASE WHEN e.state_after <> 'opted_out' THEN NULL
        WHEN e.state_before = 'opted_out' THEN c.opt_out_method ELSE e.method END""",
    "basis": BASIS,
    "agreed_at": AGREED_AT,
}
"""The state `c` after an entry `e`: the columns that are derived from the ledger, as SQL."""

_MOVE = f"""
    UPDATE consents c SET {", ".join(f"{column} = {sql}" for column, sql in AFTER.items())}
    FROM entries e
    WHERE {STANDS} AND c.organization_id = e.organization_id AND c.phone = e.phone
        AND c.message_type = e.message_type AND c.topic = e.topic AND c.channel = e.channel
"""  # noqa: S608 (only texts of this package are put in)

# What `AFTER` comes to where there was nothing before.
_FIRST_STATE = """
    says, nextval('consent_events_id_seq'), given_at, CASE WHEN says = 'opted_out' THEN 'unknown' END,
    CASE WHEN says = 'opted_out' THEN method END, consent_basis(NULL, 'unknown', says, method),
    consent_agreed_at(NULL, NULL, 'unknown', says, method, given_at)
"""


@dataclass(frozen=True, slots=True)
class LedgerWrite:
    """The two statements of a writer. `known` takes the ids that `first` wrote as the parameter `fresh`."""

    first: TextClause
    known: TextClause

    async def run(self, connection: AsyncConnection, values: Mapping[str, Any]) -> list[Row[Any]]:
        """Writes what is asked; the entries as `TOLD` says, those of the unknown first."""
        fresh = (await connection.execute(self.first, dict(values))).all()
        ids = [row.id for row in fresh]
        known = (await connection.execute(self.known, {**values, "fresh": ids})).all()
        return [*fresh, *known]


def asked(found: str, /, **columns: str) -> str:
    """SQL that selects from what is `found` (FROM …) what is to be written; `columns` are SQL by column.

    `says` is the state that is asked for. Columns that no entry has are passed on, for the conditions of `known`.
    No two rows may share a `KEY`.
    """
    whole = {**_ENTRY, **columns}
    if missing := [name for name, sql in whole.items() if not sql]:
        raise ValueError(f"say what {', '.join(missing)} is to be")
    return f"SELECT {', '.join(f'{sql} AS {name}' for name, sql in whole.items())} {found}"


def write(rows: str, *, only: str = "true") -> LedgerWrite:
    """The two statements for the `asked` rows; `only` as for `known`."""
    others = f"NOT c.event_id = ANY(CAST(:fresh AS bigint[])) AND ({only})"
    return LedgerWrite(first=first(rows), known=known(rows, only=others))


def first(rows: str, *, told: str = TOLD) -> TextClause:
    """Writes those of the asked `rows` of whose consent nothing is known; whoever comes at the same moment waits.

    The id of the ledger's entry is drawn first, so that a consent that two writers meet at once has one first
    entry; its sequence by name, for looking that up for each of a million rows takes seconds.
    """
    return text(f"""
        WITH asked AS MATERIALIZED ({rows}),
        fresh AS (
            INSERT INTO consents ({KEY}, {", ".join(AFTER)})
            SELECT {KEY}, {_FIRST_STATE} FROM asked ORDER BY {KEY}
            ON CONFLICT ({KEY}) DO NOTHING
            RETURNING {KEY}, event_id
        ),
        entries AS (
            INSERT INTO consent_events (id, {_COPIED}, state_before, state_after, recorded_at)
            OVERRIDING SYSTEM VALUE
            SELECT f.event_id, {_COPIED}, 'unknown', a.says, :now FROM fresh f JOIN asked a USING ({KEY})
            RETURNING *
        )
        {told}
    """)  # noqa: S608 (only texts of this package are put in)


def known(rows: str, *, only: str = "true", state: str = "a.says", told: str = TOLD) -> TextClause:
    """Writes those of the asked `rows` whose consent is known and fits `only`, an SQL condition on `c` and `a`.

    The state now is locked first and judged as it is then: what another writer commits meanwhile is seen. `state`
    is SQL for what it becomes.
    """
    return text(f"""
        WITH asked AS MATERIALIZED ({rows}),
        locked AS (
            SELECT a.*, c.state AS state_before, {state} AS state_after
            FROM asked a JOIN consents c USING ({KEY})
            WHERE c.organization_id = ANY(ARRAY(SELECT DISTINCT organization_id FROM asked))
                AND c.phone = ANY(ARRAY(SELECT phone FROM asked)) AND {only}
            ORDER BY {KEY}
            FOR UPDATE OF c
        ),
        entries AS (
            INSERT INTO consent_events ({_COPIED}, state_before, state_after, recorded_at)
            SELECT {_COPIED}, state_before, state_after, :now FROM locked
            RETURNING *
        ),
        moved AS ({_MOVE})
        {told}
    """)  # noqa: S608 (only texts of this package are put in)


def remark(rows: str) -> TextClause:
    """Writes entries that change no state, such as a START of someone who said nothing before."""
    return text(f"""
        WITH asked AS ({rows}),
        entries AS (
            INSERT INTO consent_events ({_COPIED}, state_before, state_after, recorded_at)
            SELECT {_COPIED}, says, says, :now FROM asked
            RETURNING *
        )
        {TOLD}
    """)  # noqa: S608 (only texts of this package are put in)
