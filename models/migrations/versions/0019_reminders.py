"""Reminders of appointments: their rules, when each is due, the messages they become, what was asked back."""

from alembic import op

revision = "0019"
down_revision = "0018"
branch_labels = None
depends_on = None

_RULES = """
CREATE TABLE reminder_rules (
    organization_id uuid NOT NULL,
    written text NOT NULL,
    version integer NOT NULL,
    actor text NOT NULL,
    updated_at timestamptz NOT NULL,
    PRIMARY KEY (organization_id),
    FOREIGN KEY(organization_id) REFERENCES organizations (id)
);
"""

_REMINDERS = """
CREATE TABLE reminders (
    id bigint GENERATED ALWAYS AS IDENTITY,
    organization_id uuid NOT NULL,
    appointment_id bigint NOT NULL,
    rule text NOT NULL,
    occasion text NOT NULL,
    rule_version integer NOT NULL,
    starts_at timestamptz NOT NULL,
    plan_at timestamptz NOT NULL,
    due_at timestamptz NOT NULL,
    send_before timestamptz NOT NULL,
    state text NOT NULL,
    reason text,
    revision smallint DEFAULT 0 NOT NULL,
    message_id bigint,
    created_at timestamptz NOT NULL,
    updated_at timestamptz NOT NULL,
    PRIMARY KEY (id),
    UNIQUE (appointment_id, rule, occasion, starts_at),
    FOREIGN KEY(organization_id) REFERENCES organizations (id),
    FOREIGN KEY(appointment_id) REFERENCES appointments (id),
    FOREIGN KEY(message_id) REFERENCES messages (id)
);

CREATE INDEX ix_reminders_waiting ON reminders (plan_at, id) WHERE state = 'waiting';

CREATE INDEX ix_reminders_day ON reminders (organization_id, due_at);

CREATE INDEX ix_reminders_message ON reminders (message_id) WHERE message_id IS NOT NULL;
"""

_MESSAGES = """
ALTER TABLE messages
    ADD COLUMN appointment_id bigint,
    ADD COLUMN withdrawn boolean DEFAULT false NOT NULL,
    ADD COLUMN send_at_twilio timestamptz;

CREATE INDEX ix_messages_appointment ON messages (appointment_id) WHERE appointment_id IS NOT NULL;

CREATE INDEX ix_messages_withdrawn ON messages (send_before) WHERE withdrawn;

CREATE INDEX ix_messages_scheduled ON messages (organization_id, send_at_twilio) WHERE state = 'scheduled';
"""

_BUDGETS = "ALTER TABLE budgets ADD COLUMN reminders_until timestamptz;"

_CAMPAIGNS = """
ALTER TABLE campaigns
    ADD COLUMN reminder_rule text DEFAULT '' NOT NULL,
    ADD COLUMN reminder_version integer DEFAULT 0 NOT NULL;

DROP INDEX uq_campaigns_standing;

CREATE UNIQUE INDEX uq_campaigns_standing
    ON campaigns (organization_id, kind, reminder_rule, reminder_version) WHERE standing;
"""

_QUESTIONS = """
CREATE TABLE appointment_questions (
    contact_id bigint NOT NULL,
    organization_id uuid NOT NULL,
    answer text NOT NULL,
    appointment_ids bigint[] NOT NULL,
    asked_at timestamptz NOT NULL,
    PRIMARY KEY (contact_id),
    FOREIGN KEY(contact_id) REFERENCES contacts (id) ON DELETE CASCADE,
    FOREIGN KEY(organization_id) REFERENCES organizations (id)
);
"""


def upgrade() -> None:
    """Brings a database of version 0018 forward."""
    for statements in (_RULES, _REMINDERS, _MESSAGES, _BUDGETS, _CAMPAIGNS, _QUESTIONS):
        op.execute(statements)
