"""The states as the ledger has them, by folding each consent's entries in their order; and where they differ."""

from sqlalchemy import text

from models.consent.ledger import AFTER, KEY, STANDS

_COLUMNS = ", ".join(AFTER)
_FOLDED = ", ".join(f"{sql} AS {column}" for column, sql in AFTER.items())
_NOTHING_BEFORE = """
    SELECT CAST(NULL AS text) AS before_opt_out, CAST(NULL AS text) AS opt_out_method, CAST(NULL AS text) AS basis,
        CAST(NULL AS timestamptz) AS agreed_at
"""
_RANGE = "phone > :after AND (CAST(:upto AS text) IS NULL OR phone <= :upto)"
_CHOSEN = "phone = ANY(CAST(:phones AS text[]))"


def _of(alias: str) -> str:
    return ", ".join(f"{alias}.{column}" for column in AFTER)


def _derived(whom: str) -> str:
    """The CTE `derived`: the states of an organization's numbers that fit `whom`."""
    return f"""
    WITH RECURSIVE standing AS MATERIALIZED (
        SELECT e.*, row_number() OVER (PARTITION BY {KEY} ORDER BY id) AS nth
        FROM consent_events e WHERE organization_id = :organization_id AND {whom} AND {STANDS}
    ),
    folded AS (
        SELECT {KEY}, e.nth, {_FOLDED} FROM standing e CROSS JOIN ({_NOTHING_BEFORE}) c WHERE e.nth = 1
        UNION ALL
        SELECT {KEY}, e.nth, {_FOLDED} FROM folded c JOIN standing e USING ({KEY}) WHERE e.nth = c.nth + 1
    ),
    derived AS (SELECT DISTINCT ON ({KEY}) * FROM folded ORDER BY {KEY}, nth DESC)
    """  # noqa: S608 (only texts of this package are put in)


# One statement sees ledger and states as they were at one moment: what is written meanwhile is no difference.
COMPARE = text(f"""
    {_derived(_RANGE)}
    SELECT {KEY}, c.state AS found, d.state AS derived, c.event_id AS found_entry, d.event_id AS derived_entry
    FROM derived d
    FULL JOIN (SELECT * FROM consents WHERE organization_id = :organization_id AND {_RANGE}) c USING ({KEY})
    WHERE ({_of("c")}) IS DISTINCT FROM ({_of("d")})
    ORDER BY {KEY}
""")  # noqa: S608 (see above)

NEXT = text("""
    SELECT max(phone) AS upto, count(*) AS entries FROM (
        SELECT phone FROM consent_events WHERE organization_id = :organization_id AND phone > :after
        ORDER BY phone LIMIT :most) e
""")

LOCK = text(f"""
    SELECT state FROM consents WHERE organization_id = :organization_id AND {_CHOSEN} ORDER BY {KEY} FOR UPDATE
""")  # noqa: S608 (see above)

CORRECT = text(f"""
    {_derived(_CHOSEN)}
    UPDATE consents c SET {", ".join(f"{column} = d.{column}" for column in AFTER)}
    FROM derived d
    WHERE (c.organization_id, c.phone, c.message_type, c.topic, c.channel)
            = (d.organization_id, d.phone, d.message_type, d.topic, d.channel)
        AND ({_of("c")}) IS DISTINCT FROM ({_of("d")})
""")  # noqa: S608 (see above)

ADD = text(f"""
    {_derived(_CHOSEN)}
    INSERT INTO consents ({KEY}, {_COLUMNS}) SELECT {KEY}, {_COLUMNS} FROM derived ORDER BY {KEY}
    ON CONFLICT ({KEY}) DO NOTHING
""")  # noqa: S608 (see above)

# A yes that nothing proves is none. A no stays, proven or not.
TAKE_AWAY = text(f"""
    {_derived(_CHOSEN)}
    DELETE FROM consents c
    WHERE c.organization_id = :organization_id AND c.{_CHOSEN} AND c.state <> 'opted_out' AND NOT EXISTS (
        SELECT FROM derived d
        WHERE (c.organization_id, c.phone, c.message_type, c.topic, c.channel)
            = (d.organization_id, d.phone, d.message_type, d.topic, d.channel))
""")  # noqa: S608 (see above)
