"""The trace that a message belongs to."""

revision = "0010"
down_revision = "0009"
branch_labels = None
depends_on = None


def upgrade() -> None:
    """Brings a database of version 0009 forward."""
