"""Plain-language refusals that wait for a person."""

revision = "0013"
down_revision = "0012"
branch_labels = None
depends_on = None


def upgrade() -> None:
    """Brings a database of version 0012 forward."""
