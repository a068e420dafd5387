"""Retention, erasure, and the keyed hashes that outlive it."""

from alembic import op

revision = "0016"
down_revision = "0015"
branch_labels = None
depends_on = None

_ERASURE = """
CREATE TABLE suppressions (
    organization_id uuid NOT NULL,
    number_hash bytea NOT NULL,
    key_id text NOT NULL,
    suppressed_at timestamptz NOT NULL,
    PRIMARY KEY (organization_id, number_hash),
    FOREIGN KEY(organization_id) REFERENCES organizations (id)
);

CREATE INDEX ix_suppressions_key ON suppressions (organization_id, key_id);

CREATE TABLE erasures (
    id uuid NOT NULL,
    organization_id uuid NOT NULL,
    number_hash bytea NOT NULL,
    actor text NOT NULL,
    why text NOT NULL,
    at_twilio boolean DEFAULT false NOT NULL,
    counts jsonb DEFAULT '{}' NOT NULL,
    requested_at timestamptz NOT NULL,
    finished_at timestamptz,
    PRIMARY KEY (id),
    FOREIGN KEY(organization_id) REFERENCES organizations (id)
);

CREATE INDEX ix_erasures_person ON erasures (organization_id, number_hash);
"""

_RETENTION = """
CREATE TABLE retention_marks (
    organization_id uuid NOT NULL,
    messages_to bigint DEFAULT 0 NOT NULL,
    PRIMARY KEY (organization_id),
    FOREIGN KEY(organization_id) REFERENCES organizations (id)
);

CREATE TABLE retention_passed_over (
    message_id bigint NOT NULL,
    organization_id uuid NOT NULL,
    PRIMARY KEY (message_id),
    FOREIGN KEY(message_id) REFERENCES messages (id),
    FOREIGN KEY(organization_id) REFERENCES organizations (id)
);

CREATE INDEX ix_retention_passed_over_organization_id ON retention_passed_over (organization_id);
"""

# Whichever statement ends a message, its secret goes with it; the constraint proves that none was forgotten.
_SECRETS = """
ALTER TABLE campaigns ADD COLUMN sensitive boolean DEFAULT false NOT NULL;

ALTER TABLE messages ADD COLUMN sensitive boolean DEFAULT false NOT NULL, ADD COLUMN secret_body text;

ALTER TABLE messages ADD CONSTRAINT ck_messages_secret_body
    CHECK (secret_body IS NULL OR (sensitive AND state IN ('planned', 'claimed', 'unknown')));

CREATE FUNCTION forget_secret_body() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    NEW.secret_body := NULL;
    RETURN NEW;
END
$$;

CREATE TRIGGER forget_secret_body BEFORE UPDATE ON messages FOR EACH ROW
    WHEN (NEW.secret_body IS NOT NULL AND NEW.state NOT IN ('planned', 'claimed', 'unknown'))
    EXECUTE FUNCTION forget_secret_body();
"""


def upgrade() -> None:
    """Brings a database of version 0015 forward."""
    for statements in (_ERASURE, _RETENTION, _SECRETS):
        op.execute(statements)
