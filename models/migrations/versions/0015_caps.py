"""How many marketing messages a person gets; numbers that cannot be reached."""

from alembic import op

revision = "0015"
down_revision = "0014"
branch_labels = None
depends_on = None

_ATTEMPTS = """
ALTER TABLE messages ADD COLUMN attempted_at timestamptz;

UPDATE messages SET attempted_at = claimed_at
WHERE direction = 'outbound' AND message_type = 'marketing' AND claimed_at > now() - interval '30 days';

CREATE INDEX ix_messages_attempted ON messages USING brin (attempted_at);
"""
"""No cap looks back further than thirty days (`models.yaml_values.hours_of`)."""

_REACH = """
ALTER TABLE contacts ADD COLUMN unreachable_on text[] DEFAULT '{}' NOT NULL;

CREATE TABLE contact_reach (
    contact_id bigint NOT NULL,
    channel text NOT NULL,
    organization_id uuid NOT NULL,
    code integer,
    unreachable_since timestamptz,
    reached_at timestamptz,
    actor text,
    PRIMARY KEY (contact_id, channel),
    FOREIGN KEY(contact_id) REFERENCES contacts (id) ON DELETE CASCADE,
    FOREIGN KEY(organization_id) REFERENCES organizations (id)
);

CREATE INDEX ix_contact_reach_unreachable ON contact_reach (organization_id, contact_id) WHERE code IS NOT NULL;
"""


def upgrade() -> None:
    """Brings a database of version 0014 forward."""
    for statements in (_ATTEMPTS, _REACH):
        op.execute(statements)
