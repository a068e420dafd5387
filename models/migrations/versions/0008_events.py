"""Events, their place in the stream, and who is told of them."""

from alembic import op

revision = "0008"
down_revision = "0007"
branch_labels = None
depends_on = None

_EVENTS = """
CREATE TABLE events (
    id bigint GENERATED ALWAYS AS IDENTITY,
    organization_id uuid NOT NULL,
    kind text NOT NULL,
    version smallint DEFAULT 1 NOT NULL,
    subject jsonb DEFAULT '{}' NOT NULL,
    position bigint,
    created_at timestamptz NOT NULL,
    PRIMARY KEY (id),
    FOREIGN KEY(organization_id) REFERENCES organizations (id)
);

CREATE SEQUENCE event_positions OWNED BY events.position;

CREATE INDEX ix_events_unpublished ON events (id) WHERE position IS NULL;

CREATE INDEX ix_events_stream ON events (organization_id, position) WHERE position IS NOT NULL;

CREATE INDEX ix_events_created ON events (created_at);

CREATE TABLE event_streams (
    organization_id uuid NOT NULL,
    statuses_until timestamptz NOT NULL,
    complete_from bigint DEFAULT 0 NOT NULL,
    PRIMARY KEY (organization_id),
    FOREIGN KEY(organization_id) REFERENCES organizations (id)
);
"""

_SUBSCRIPTIONS = """
CREATE TABLE event_subscriptions (
    id uuid NOT NULL,
    organization_id uuid NOT NULL,
    target text NOT NULL,
    address text NOT NULL,
    kinds text[] DEFAULT '{}' NOT NULL,
    include_content boolean DEFAULT false NOT NULL,
    secret text NOT NULL,
    state text DEFAULT 'active' NOT NULL,
    state_reason text,
    position bigint NOT NULL,
    failures integer DEFAULT 0 NOT NULL,
    failing_since timestamptz,
    resting_until timestamptz,
    created_at timestamptz NOT NULL,
    PRIMARY KEY (id),
    FOREIGN KEY(organization_id) REFERENCES organizations (id)
);

CREATE INDEX ix_event_subscriptions_organization ON event_subscriptions (organization_id);

CREATE TABLE event_deliveries (
    id bigint GENERATED ALWAYS AS IDENTITY,
    organization_id uuid NOT NULL,
    subscription_id uuid NOT NULL,
    event_id bigint NOT NULL,
    state text DEFAULT 'pending' NOT NULL,
    attempts integer DEFAULT 0 NOT NULL,
    first_tried_at timestamptz,
    next_attempt_at timestamptz NOT NULL,
    lease_until timestamptz,
    http_status smallint,
    error text,
    created_at timestamptz NOT NULL,
    updated_at timestamptz NOT NULL,
    PRIMARY KEY (id),
    UNIQUE (subscription_id, event_id),
    FOREIGN KEY(organization_id) REFERENCES organizations (id),
    FOREIGN KEY(subscription_id) REFERENCES event_subscriptions (id) ON DELETE CASCADE,
    FOREIGN KEY(event_id) REFERENCES events (id) ON DELETE CASCADE
);

CREATE INDEX ix_event_deliveries_due ON event_deliveries (subscription_id, next_attempt_at)
    WHERE state = 'pending';

CREATE INDEX ix_event_deliveries_event ON event_deliveries (event_id);
"""


def upgrade() -> None:
    op.execute(_EVENTS)
    op.execute(_SUBSCRIPTIONS)
