"""Alerts on rates of failures and opt-outs; what Prefect was told of alerts and incidents."""

from alembic import op

revision = "0009"
down_revision = "0008"
branch_labels = None
depends_on = None

_ALERTS = """
CREATE TABLE alerts (
    id bigint GENERATED ALWAYS AS IDENTITY,
    organization_id uuid NOT NULL,
    kind text NOT NULL,
    subject_id uuid NOT NULL,
    sender_id uuid NOT NULL,
    campaign_run_id uuid,
    counted integer NOT NULL,
    total integer NOT NULL,
    threshold double precision NOT NULL,
    window_seconds double precision NOT NULL,
    paused boolean NOT NULL,
    raised_at timestamptz NOT NULL,
    seen_at timestamptz NOT NULL,
    ended_at timestamptz,
    told_at timestamptz,
    PRIMARY KEY (id),
    FOREIGN KEY(organization_id) REFERENCES organizations (id),
    FOREIGN KEY(sender_id) REFERENCES senders (id),
    FOREIGN KEY(campaign_run_id) REFERENCES campaign_runs (id)
);

CREATE UNIQUE INDEX uq_alerts_open ON alerts (subject_id, kind) WHERE ended_at IS NULL;

CREATE INDEX ix_alerts_organization ON alerts (organization_id, id);

CREATE INDEX ix_alerts_run ON alerts (campaign_run_id) WHERE campaign_run_id IS NOT NULL;

ALTER TABLE campaigns ADD COLUMN alerts jsonb DEFAULT '{}' NOT NULL;
"""

_TOLD = """
ALTER TABLE incidents ADD COLUMN told_at timestamptz;

UPDATE incidents SET told_at = seen_at;

CREATE INDEX ix_incidents_untold ON incidents (id) WHERE told_at IS NULL;
"""

_COUNTING = """
CREATE INDEX ix_messages_ended ON messages (campaign_run_id, updated_at, state)
    WHERE state IN ('delivered', 'read', 'undelivered', 'failed');

CREATE INDEX ix_consent_events_opt_outs ON consent_events (recorded_at)
    WHERE state_after = 'opted_out' AND state_before <> 'opted_out';
"""


def upgrade() -> None:
    for statements in (_ALERTS, _TOLD, _COUNTING):
        op.execute(statements)
