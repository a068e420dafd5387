"""How many marketing messages a person gets; numbers that cannot be reached."""

revision = "0015"
down_revision = "0014"
branch_labels = None
depends_on = None


def upgrade() -> None:
    """Brings a database of version 0014 forward."""
