"""The ledger of consent: whole evidence, append-only, owned by a role of its own."""

revision = "0011"
down_revision = "0010"
branch_labels = None
depends_on = None


def upgrade() -> None:
    """Brings a database of version 0010 forward."""
