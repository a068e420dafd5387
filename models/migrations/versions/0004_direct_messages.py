"""Messages that belong to no campaign: their hidden standing campaigns, their words, who dispatches them."""

from alembic import op

revision = "0004"
down_revision = "0003"
branch_labels = None
depends_on = None

_CAMPAIGNS = """
ALTER TABLE campaigns ADD COLUMN standing boolean DEFAULT false NOT NULL;

CREATE UNIQUE INDEX uq_campaigns_standing ON campaigns (organization_id, kind) WHERE standing;
"""

_MESSAGES = """
ALTER TABLE messages
    ADD COLUMN own_body boolean DEFAULT false NOT NULL,
    ADD COLUMN cause text,
    ADD COLUMN answered_at timestamptz;
"""

_TABLES = """
CREATE TABLE message_attempts (
    message_id bigint NOT NULL,
    claim_id uuid NOT NULL,
    organization_id uuid NOT NULL,
    attempt smallint NOT NULL,
    sender text,
    outcome text NOT NULL,
    error_code integer,
    http_status smallint,
    request_id text,
    claimed_at timestamptz,
    answered_at timestamptz NOT NULL,
    PRIMARY KEY (message_id, claim_id),
    FOREIGN KEY(message_id) REFERENCES messages (id),
    FOREIGN KEY(organization_id) REFERENCES organizations (id)
);

CREATE TABLE watches (
    duty text NOT NULL,
    holder uuid,
    held_until timestamptz,
    called_until timestamptz,
    PRIMARY KEY (duty)
);
"""


def upgrade() -> None:
    for statements in (_CAMPAIGNS, _MESSAGES, _TABLES):
        op.execute(statements)
