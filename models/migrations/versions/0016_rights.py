"""Retention, erasure, and the keyed hashes that outlive it."""

revision = "0016"
down_revision = "0015"
branch_labels = None
depends_on = None


def upgrade() -> None:
    """Brings a database of version 0015 forward."""
