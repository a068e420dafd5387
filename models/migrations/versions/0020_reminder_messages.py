"""Messages that remind of an appointment."""

revision = "0020"
down_revision = "0019"
branch_labels = None
depends_on = None


def upgrade() -> None:
    """Brings a database of version 0019 forward."""
