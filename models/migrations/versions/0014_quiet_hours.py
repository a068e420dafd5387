"""When a message may be delivered where its person is."""

revision = "0014"
down_revision = "0013"
branch_labels = None
depends_on = None


def upgrade() -> None:
    """Brings a database of version 0013 forward."""
