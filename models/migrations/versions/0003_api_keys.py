"""Keys of the JSON API, their budgets of requests, and answers kept for repeated requests."""

from alembic import op

revision = "0003"
down_revision = "0002"
branch_labels = None
depends_on = None

_TABLES = """
CREATE TABLE api_keys (
    id uuid NOT NULL,
    organization_id uuid NOT NULL,
    prefix text NOT NULL,
    digest bytea NOT NULL,
    name text NOT NULL,
    scopes text[] DEFAULT '{}' NOT NULL,
    requests_per_second double precision,
    created_at timestamptz NOT NULL,
    expires_at timestamptz,
    revoked_at timestamptz,
    last_used_at timestamptz,
    PRIMARY KEY (id),
    UNIQUE (prefix),
    FOREIGN KEY(organization_id) REFERENCES organizations (id)
);

CREATE INDEX ix_api_keys_organization_id ON api_keys (organization_id);

CREATE UNLOGGED TABLE api_key_budgets (
    key_id uuid NOT NULL,
    free_at timestamptz NOT NULL,
    PRIMARY KEY (key_id),
    FOREIGN KEY(key_id) REFERENCES api_keys (id) ON DELETE CASCADE
);

CREATE TABLE kept_answers (
    organization_id uuid NOT NULL,
    key text NOT NULL,
    fingerprint bytea NOT NULL,
    status smallint,
    answer jsonb,
    created_at timestamptz NOT NULL,
    PRIMARY KEY (organization_id, key),
    FOREIGN KEY(organization_id) REFERENCES organizations (id)
);

CREATE INDEX ix_kept_answers_created_at ON kept_answers (created_at);

CREATE INDEX ix_contacts_organization ON contacts (organization_id, id);
"""


def upgrade() -> None:
    op.execute(_TABLES)
