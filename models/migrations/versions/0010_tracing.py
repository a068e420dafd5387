"""The trace that a message belongs to."""

from alembic import op

revision = "0010"
down_revision = "0009"
branch_labels = None
depends_on = None


def upgrade() -> None:
    """Brings a database of version 0009 forward."""
    op.execute("ALTER TABLE messages ADD COLUMN traceparent text")
