"""Tenants: where each organization's secrets lie, senders by channel, whose account an event came from."""

from alembic import op

revision = "0002"
down_revision = "0001"
branch_labels = None
depends_on = None

_TABLES = """
ALTER TABLE organizations
    ADD COLUMN auth_token_ref text CHECK (auth_token_ref ~ '^(env|file):'),
    ADD COLUMN secondary_auth_token_ref text CHECK (secondary_auth_token_ref ~ '^(env|file):'),
    ADD COLUMN api_key_sid text,
    ADD COLUMN api_key_secret_ref text CHECK (api_key_secret_ref ~ '^(env|file):');

ALTER TABLE senders
    DROP CONSTRAINT senders_organization_id_purpose_address_key,
    ADD UNIQUE (organization_id, purpose, channel, address);

ALTER TABLE message_events ADD COLUMN account_sid text;
"""


def upgrade() -> None:
    op.execute(_TABLES)
