"""The statements of a double opt-in; `models.consent.double_opt_in` gives them their values."""

from sqlalchemy import text

from models.consent.ledger import KEY, asked, known, write

KNOWN = text("""
    SELECT channel, state FROM consents
    WHERE organization_id = :organization_id AND phone = :phone AND message_type = :message_type AND topic = ''
        AND channel IN ('sms', :channel)
    ORDER BY channel
    FOR UPDATE
""")

# Of two first JOINs at once, one asks.
ASK = write(
    asked(
        "",
        phone="CAST(:phone AS text)",
        message_type="CAST(:message_type AS text)",
        channel="CAST(:channel AS text)",
        says="'pending'",
        action="'ask'",
        message_sid="CAST(:message_sid AS text)",
        wording="CAST(:wording AS text)",
        evidence="CAST(:evidence AS jsonb)",
    ),
    only="""c.state = 'unknown' OR (c.state = 'pending' AND c.given_at <= :not_asked_since)
        OR (c.state = 'opted_in' AND CAST(:renews AS boolean))""",
)

# A STOP on any channel after the question ends what was asked, also when a START has come since.
CONFIRM = known(
    asked(
        """
        FROM consents p JOIN consent_events e ON e.id = p.event_id
        WHERE p.organization_id = :organization_id AND p.phone = :phone AND p.topic = ''
            AND p.channel = :channel AND p.state = 'pending'
            AND e.given_at <= :now AND CAST(e.evidence ->> 'confirm_before' AS timestamptz) > :now
            AND NOT EXISTS (
                SELECT FROM consent_events no
                WHERE no.organization_id = :organization_id AND no.phone = :phone AND no.id > e.id
                    AND no.state_after = 'opted_out' AND no.action NOT IN ('start', 'kept'))
        """,
        phone="p.phone",
        message_type="p.message_type",
        channel="p.channel",
        says="'opted_in'",
        action="'confirm'",
        message_sid="CAST(:message_sid AS text)",
        wording="e.wording",
        wording_version="e.wording_version",
        evidence="e.evidence || jsonb_build_object('join_message_sid', e.message_sid, 'asked_at', e.given_at)",
        question="e.id",
    ),
    only="c.state = 'pending' AND c.event_id = a.question",
)

EXPIRE = known(
    asked(
        f"""
        FROM (
            SELECT {KEY}, event_id FROM consents
            WHERE state = 'pending' AND given_at <= :now AND EXISTS (
                SELECT FROM consent_events q
                WHERE q.id = event_id AND CAST(q.evidence ->> 'confirm_before' AS timestamptz) <= :now)
            ORDER BY given_at LIMIT :most
            FOR UPDATE SKIP LOCKED
        ) p
        JOIN consent_events e ON e.id = p.event_id
        """,  # noqa: S608 (only texts of this package are put in)
        organization_id="p.organization_id",
        phone="p.phone",
        message_type="p.message_type",
        topic="p.topic",
        channel="p.channel",
        says="'unknown'",
        action="'expire'",
        message_sid="e.message_sid",
        wording="e.wording",
        wording_version="e.wording_version",
        evidence="e.evidence",
        question="e.id",
    ),
    only="c.state = 'pending' AND c.event_id = a.question",
)
