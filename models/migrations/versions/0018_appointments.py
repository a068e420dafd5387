"""Appointments and their reminders."""

revision = "0018"
down_revision = "0017"
branch_labels = None
depends_on = None


def upgrade() -> None:
    """Brings a database of version 0017 forward."""
