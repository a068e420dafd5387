"""What senders send from: their numbers, registrations, rates and the countries they may not send to."""

from alembic import op

revision = "0017"
down_revision = "0016"
branch_labels = None
depends_on = None

_SENDERS = """
ALTER TABLE senders
    ADD COLUMN asked_rate double precision,
    ADD COLUMN throughput double precision,
    ADD COLUMN refused_countries text[] DEFAULT '{}' NOT NULL;

CREATE TABLE sender_numbers (
    sender_id uuid NOT NULL,
    address text NOT NULL,
    organization_id uuid NOT NULL,
    kind text NOT NULL,
    country text,
    registration text NOT NULL,
    brand text,
    campaign text,
    trust_score smallint,
    low_volume boolean NOT NULL,
    quality text,
    daily_people integer,
    actor text NOT NULL,
    updated_at timestamptz NOT NULL,
    PRIMARY KEY (sender_id, address),
    FOREIGN KEY(sender_id) REFERENCES senders (id),
    FOREIGN KEY(organization_id) REFERENCES organizations (id)
);
"""


def upgrade() -> None:
    """Brings a database of version 0016 forward."""
    op.execute(_SENDERS)
