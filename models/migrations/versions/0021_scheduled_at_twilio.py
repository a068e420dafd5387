"""Messages that wait at Twilio for their time."""

revision = "0021"
down_revision = "0020"
branch_labels = None
depends_on = None


def upgrade() -> None:
    """Brings a database of version 0020 forward."""
