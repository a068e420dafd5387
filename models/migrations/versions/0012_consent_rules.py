"""What the rules of consent ask: policies of organizations, topics."""

revision = "0012"
down_revision = "0011"
branch_labels = None
depends_on = None


def upgrade() -> None:
    """Brings a database of version 0011 forward."""
