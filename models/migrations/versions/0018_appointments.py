"""Appointments and their story."""

from alembic import op

revision = "0018"
down_revision = "0017"
branch_labels = None
depends_on = None

_APPOINTMENTS = """
CREATE TABLE appointments (
    id bigint GENERATED ALWAYS AS IDENTITY,
    organization_id uuid NOT NULL,
    external_id text NOT NULL,
    contact_id bigint NOT NULL,
    starts_at timestamptz NOT NULL,
    timezone text NOT NULL,
    kind text NOT NULL,
    place text,
    attributes jsonb DEFAULT '{}' NOT NULL,
    state text NOT NULL,
    stated text,
    created_at timestamptz NOT NULL,
    updated_at timestamptz NOT NULL,
    PRIMARY KEY (id),
    UNIQUE (organization_id, external_id),
    FOREIGN KEY(organization_id) REFERENCES organizations (id),
    FOREIGN KEY(contact_id) REFERENCES contacts (id)
);

CREATE INDEX ix_appointments_starts ON appointments (organization_id, starts_at, id);

CREATE INDEX ix_appointments_contact ON appointments (contact_id);
"""

_STORY = """
CREATE TABLE appointment_events (
    id bigint GENERATED ALWAYS AS IDENTITY,
    organization_id uuid NOT NULL,
    appointment_id bigint NOT NULL,
    what text NOT NULL,
    actor text NOT NULL,
    message_id bigint,
    detail jsonb DEFAULT '{}' NOT NULL,
    at timestamptz NOT NULL,
    PRIMARY KEY (id),
    FOREIGN KEY(organization_id) REFERENCES organizations (id),
    FOREIGN KEY(appointment_id) REFERENCES appointments (id),
    FOREIGN KEY(message_id) REFERENCES messages (id)
);

CREATE INDEX ix_appointment_events_appointment ON appointment_events (appointment_id, id);

CREATE INDEX ix_appointment_events_message ON appointment_events (message_id) WHERE message_id IS NOT NULL;
"""

_FILES = """
CREATE TABLE appointment_files (
    organization_id uuid NOT NULL,
    content_hash bytea NOT NULL,
    name text NOT NULL,
    outcome text NOT NULL,
    read_at timestamptz NOT NULL,
    PRIMARY KEY (organization_id, content_hash),
    FOREIGN KEY(organization_id) REFERENCES organizations (id)
);
"""


def upgrade() -> None:
    """Brings a database of version 0017 forward."""
    for statements in (_APPOINTMENTS, _STORY, _FILES):
        op.execute(statements)
