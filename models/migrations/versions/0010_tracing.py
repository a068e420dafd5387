"""The trace that a message belongs to; ends of alerts that Prefect was told of."""

from alembic import op

revision = "0010"
down_revision = "0009"
branch_labels = None
depends_on = None


_ALERT_ENDS = """
ALTER TABLE alerts ADD COLUMN end_told_at timestamptz;

UPDATE alerts SET end_told_at = ended_at;
"""


def upgrade() -> None:
    """Brings a database of version 0009 forward; ends that are past are not told any more."""
    op.execute("ALTER TABLE messages ADD COLUMN traceparent text")
    op.execute(_ALERT_ENDS)
