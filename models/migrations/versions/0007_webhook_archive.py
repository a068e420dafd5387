"""Webhooks tried again ever later, archived outside the database; gaps closed; old statuses and prices read."""

from alembic import op

revision = "0007"
down_revision = "0006"
branch_labels = None
depends_on = None

_NEXT_TRY = """
CREATE FUNCTION webhook_next_try(now timestamptz, tries int) RETURNS timestamptz
LANGUAGE sql IMMUTABLE PARALLEL SAFE AS $$
    SELECT now + LEAST(interval '30 seconds' * 2 ^ LEAST(tries, 20), interval '6 hours')
$$;
"""
"""A minute after the first try, twice as long after each further one, at most six hours."""

_TABLES = """
ALTER TABLE webhook_events
    ADD COLUMN tries smallint DEFAULT '0' NOT NULL,
    ADD COLUMN next_try_at timestamptz;

CREATE INDEX ix_webhook_events_failed ON webhook_events (id) WHERE error IS NOT NULL;

CREATE INDEX ix_webhook_events_received ON webhook_events USING brin (received_at);

CREATE TABLE webhook_archives (
    first_id bigint NOT NULL,
    last_id bigint NOT NULL,
    name text NOT NULL,
    planned_at timestamptz NOT NULL,
    written_at timestamptz,
    PRIMARY KEY (first_id)
);

CREATE TABLE receiver_beats (
    id smallint NOT NULL,
    beat_at timestamptz NOT NULL,
    up_since timestamptz NOT NULL,
    PRIMARY KEY (id)
);

CREATE TABLE inbound_checks (
    organization_id uuid NOT NULL,
    complete_until timestamptz NOT NULL,
    checked_at timestamptz NOT NULL,
    PRIMARY KEY (organization_id),
    FOREIGN KEY(organization_id) REFERENCES organizations (id)
);

CREATE TABLE price_checks (
    organization_id uuid NOT NULL,
    complete_until timestamptz NOT NULL,
    PRIMARY KEY (organization_id),
    FOREIGN KEY(organization_id) REFERENCES organizations (id)
);

CREATE TABLE status_polls (
    message_id bigint NOT NULL,
    looks smallint NOT NULL,
    looked_at timestamptz NOT NULL,
    PRIMARY KEY (message_id),
    FOREIGN KEY(message_id) REFERENCES messages (id)
);
"""


def upgrade() -> None:
    for statements in (_NEXT_TRY, _TABLES):
        op.execute(statements)
