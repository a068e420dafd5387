"""What is registered of a sender."""

revision = "0017"
down_revision = "0016"
branch_labels = None
depends_on = None


def upgrade() -> None:
    """Brings a database of version 0016 forward."""
