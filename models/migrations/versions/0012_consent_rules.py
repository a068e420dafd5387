"""What the rules of consent ask: policies of organizations, topics."""

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


def upgrade() -> None:
    """Brings a database of version 0011 forward."""
    op.execute(_POLICIES)
