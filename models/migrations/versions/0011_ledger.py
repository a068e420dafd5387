"""The ledger of consent: whole evidence, append-only, erased only by one function that leaves a trail."""

from alembic import op
from sqlalchemy import text

revision = "0011"
down_revision = "0010"
branch_labels = None
depends_on = None

_EVIDENCE = """
ALTER TABLE consent_events
    ADD COLUMN action text DEFAULT '' NOT NULL,
    ADD COLUMN wording text,
    ADD COLUMN wording_version text,
    ADD COLUMN ip text,
    ADD COLUMN user_agent text,
    ADD COLUMN proof text;
"""

# A START that changed nothing left the state as it was, a repeated STOP did not: where the state is that of an
# older entry, it was a START. Of those before the state's entry nobody can tell, and nothing hangs on it.
_OF_OLD_ENTRIES = """
UPDATE consent_events e
SET action = CASE
        WHEN state_after = 'pending' THEN 'ask'
        WHEN method = 'double_opt_in' AND state_after = 'opted_in' THEN 'confirm'
        WHEN method = 'double_opt_in' AND state_after = 'unknown' THEN 'expire'
        WHEN state_before = 'pending' AND state_after = 'unknown' THEN 'opt_out'
        WHEN method = 'keyword' AND state_after <> 'opted_out' THEN 'start'
        WHEN method = 'keyword' AND state_before = 'opted_out' THEN COALESCE((
            SELECT CASE WHEN e.id > c.event_id THEN 'start' WHEN e.id = c.event_id THEN 'opt_out' END
            FROM consents c
            WHERE c.organization_id = e.organization_id AND c.phone = e.phone AND c.message_type = e.message_type
                AND c.topic = e.topic AND c.channel = e.channel), '')
        WHEN state_after = 'opted_out' THEN 'opt_out'
        WHEN state_after = 'opted_in' THEN 'opt_in'
        ELSE '' END,
    wording = evidence ->> 'wording', ip = evidence ->> 'ip', user_agent = evidence ->> 'user_agent',
    proof = evidence ->> 'reference';
"""

_ERASURES = """
CREATE TABLE ledger_erasures (
    id bigint GENERATED ALWAYS AS IDENTITY,
    organization_id uuid NOT NULL,
    phone_hash bytea NOT NULL,
    entries bigint NOT NULL,
    role text DEFAULT session_user NOT NULL,
    transaction text DEFAULT pg_current_xact_id()::text NOT NULL,
    erased_at timestamptz DEFAULT clock_timestamp() NOT NULL,
    PRIMARY KEY (id),
    FOREIGN KEY(organization_id) REFERENCES organizations (id)
);
"""

# Triggers hold for everybody, the owner too. Whoever owns the table could lift them, so the application
# should not be its owner. An erasure announces how many entries it takes, and takes exactly those.
_APPEND_ONLY = """
CREATE FUNCTION refuse_change_of_ledger() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    RAISE EXCEPTION '% is append-only: % is refused', TG_TABLE_NAME, TG_OP
        USING ERRCODE = 'insufficient_privilege',
            HINT = 'A person is erased with the function erase_consent_ledger.';
END $$;

CREATE FUNCTION refuse_silent_erasure() RETURNS trigger LANGUAGE plpgsql
SET search_path = pg_catalog, {schema}, pg_temp AS $$
BEGIN
    IF EXISTS (
        SELECT organization_id, count(*) FROM gone GROUP BY organization_id
        EXCEPT SELECT organization_id, entries FROM ledger_erasures
        WHERE transaction = pg_current_xact_id()::text)
    THEN
        RAISE EXCEPTION '% is append-only: % is refused', TG_TABLE_NAME, TG_OP
            USING ERRCODE = 'insufficient_privilege',
                HINT = 'A person is erased with the function erase_consent_ledger.';
    END IF;
    RETURN NULL;
END $$;

CREATE TRIGGER consent_events_never_change BEFORE UPDATE OR TRUNCATE ON consent_events
    FOR EACH STATEMENT EXECUTE FUNCTION refuse_change_of_ledger();

CREATE TRIGGER consent_events_never_vanish AFTER DELETE ON consent_events
    REFERENCING OLD TABLE AS gone FOR EACH STATEMENT EXECUTE FUNCTION refuse_silent_erasure();

CREATE TRIGGER ledger_erasures_never_change BEFORE UPDATE OR DELETE OR TRUNCATE ON ledger_erasures
    FOR EACH STATEMENT EXECUTE FUNCTION refuse_change_of_ledger();
"""

_ERASE = """
CREATE FUNCTION erase_consent_ledger(organization uuid, number text, number_hash bytea) RETURNS bigint
LANGUAGE plpgsql STRICT SECURITY DEFINER SET search_path = pg_catalog, {schema}, pg_temp AS $$
DECLARE
    erased bigint;
BEGIN
    PERFORM FROM consents c WHERE c.organization_id = organization AND c.phone = number
        ORDER BY c.message_type, c.topic, c.channel FOR UPDATE;
    DELETE FROM consents c WHERE c.organization_id = organization AND c.phone = number;
    SELECT count(*) INTO erased FROM consent_events e WHERE e.organization_id = organization AND e.phone = number;
    IF erased > 0 THEN
        INSERT INTO ledger_erasures (organization_id, phone_hash, entries)
        VALUES (organization, number_hash, erased);
        DELETE FROM consent_events e WHERE e.organization_id = organization AND e.phone = number;
    END IF;
    RETURN erased;
END $$;

REVOKE EXECUTE ON FUNCTION erase_consent_ledger(uuid, text, bytea) FROM PUBLIC;
"""


def upgrade() -> None:
    """The functions guard what is in this schema, whatever tables a caller would have them find instead."""
    schema = op.get_bind().execute(text("SELECT quote_ident(current_schema())")).scalar_one()
    for statements in (_EVIDENCE, _OF_OLD_ENTRIES, _ERASURES, _APPEND_ONLY, _ERASE):
        op.execute(statements.replace("{schema}", schema))
