"""Rules of reminders, and the moments they give."""

revision = "0019"
down_revision = "0018"
branch_labels = None
depends_on = None


def upgrade() -> None:
    """Brings a database of version 0018 forward."""
