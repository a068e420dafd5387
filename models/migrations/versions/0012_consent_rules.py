"""What the rules of consent ask: policies of organizations, topics, what a consent rests on."""

from alembic import op

revision = "0012"
down_revision = "0011"
branch_labels = None
depends_on = None

_POLICIES = """
CREATE TABLE organization_policies (
    organization_id uuid NOT NULL,
    written text NOT NULL,
    version integer NOT NULL,
    actor text NOT NULL,
    updated_at timestamptz NOT NULL,
    PRIMARY KEY (organization_id),
    FOREIGN KEY(organization_id) REFERENCES organizations (id)
);
"""

_TOPICS = """
ALTER TABLE campaigns ADD COLUMN topic text DEFAULT '' NOT NULL;

ALTER TABLE messages ADD COLUMN topic text DEFAULT '' NOT NULL;
"""

# `models.consent.basis` says what these mean. The only yes with the method "keyword" is a START, which restores.
_BASIS = """
ALTER TABLE consents ADD COLUMN basis text, ADD COLUMN agreed_at timestamptz;

CREATE FUNCTION consent_basis(before text, state_before text, state_after text, method text) RETURNS text
LANGUAGE sql IMMUTABLE PARALLEL SAFE AS $$
    SELECT CASE
        WHEN state_after = 'opted_out' THEN before
        WHEN state_after <> 'opted_in' THEN NULL
        WHEN method = 'keyword' THEN before
        ELSE LEAST(CASE WHEN state_before = 'opted_in' THEN before END,
                   CASE method WHEN 'double_opt_in' THEN 'confirmed' WHEN 'soft_opt_in' THEN 'soft'
                               ELSE 'single' END)
    END
$$;

CREATE FUNCTION consent_agreed_at(
    before timestamptz, basis_before text, state_before text, state_after text, method text, given_at timestamptz
) RETURNS timestamptz
LANGUAGE sql IMMUTABLE PARALLEL SAFE AS $$
    SELECT CASE
        WHEN state_after = 'opted_out' THEN before
        WHEN state_after <> 'opted_in' THEN NULL
        WHEN method = 'keyword' THEN before
        WHEN state_before = 'opted_in' AND method = 'soft_opt_in' AND basis_before <> 'soft' THEN before
        WHEN state_before = 'opted_in' AND (basis_before <> 'soft' OR method = 'soft_opt_in')
            THEN GREATEST(before, given_at)
        ELSE given_at
    END
$$;
"""

# The rule asks more by now than a state; it stands in `models.consent.refusal`.
_OLD_RULE = "DROP FUNCTION consent_refusal(text, text)"

_BASIS_OF_THE_KNOWN = """
UPDATE consents c
SET basis = consent_basis(NULL, 'unknown', 'opted_in', e.method), agreed_at = e.given_at
FROM (
    SELECT DISTINCT ON (organization_id, phone, message_type, topic, channel)
        organization_id, phone, message_type, topic, channel, method, given_at
    FROM consent_events
    WHERE state_after = 'opted_in' AND method <> 'keyword'
    ORDER BY organization_id, phone, message_type, topic, channel, id DESC
) e
WHERE c.organization_id = e.organization_id AND c.phone = e.phone AND c.message_type = e.message_type
    AND c.topic = e.topic AND c.channel = e.channel
    AND (c.state = 'opted_in' OR (c.state = 'opted_out' AND c.before_opt_out = 'opted_in'));
"""


def upgrade() -> None:
    """Brings a database of version 0011 forward."""
    for statements in (_POLICIES, _TOPICS, _BASIS, _BASIS_OF_THE_KNOWN, _OLD_RULE):
        op.execute(statements)
