"""When a message may be delivered where its person is."""

from alembic import op

revision = "0014"
down_revision = "0013"
branch_labels = None
depends_on = None

_PLACES = """
ALTER TABLE contacts ADD COLUMN postcode text, ADD COLUMN region text;
"""

_HELD = """
ALTER TABLE messages ADD COLUMN allowed_until timestamptz, ADD COLUMN held_for text;
"""


def upgrade() -> None:
    """Brings a database of version 0013 forward."""
    op.execute(_PLACES)
    op.execute(_HELD)
