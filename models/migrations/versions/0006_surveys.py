"""Surveys: versions, runs and answers. Consents that wait for their confirmation are found by an index."""

from alembic import op

revision = "0006"
down_revision = "0005"
branch_labels = None
depends_on = None

_SURVEYS = """
CREATE TABLE surveys (
    id uuid NOT NULL,
    organization_id uuid NOT NULL,
    name text NOT NULL,
    version integer NOT NULL,
    source text NOT NULL,
    definition jsonb DEFAULT '{}' NOT NULL,
    created_at timestamptz NOT NULL,
    PRIMARY KEY (id),
    UNIQUE (organization_id, name, version),
    FOREIGN KEY(organization_id) REFERENCES organizations (id)
);
"""

_RUNS = """
CREATE TABLE survey_runs (
    id uuid NOT NULL,
    organization_id uuid NOT NULL,
    survey_id uuid NOT NULL,
    conversation_id uuid NOT NULL,
    contact_id bigint NOT NULL,
    state text NOT NULL,
    step text NOT NULL,
    tries smallint DEFAULT 0 NOT NULL,
    started_at timestamptz NOT NULL,
    ends_at timestamptz NOT NULL,
    remind_at timestamptz,
    ended_at timestamptz,
    PRIMARY KEY (id),
    FOREIGN KEY(organization_id) REFERENCES organizations (id),
    FOREIGN KEY(survey_id) REFERENCES surveys (id),
    FOREIGN KEY(conversation_id) REFERENCES conversations (id),
    FOREIGN KEY(contact_id) REFERENCES contacts (id)
);

CREATE UNIQUE INDEX uq_survey_runs_active ON survey_runs (conversation_id) WHERE state = 'active';

CREATE INDEX ix_survey_runs_survey ON survey_runs (survey_id, started_at);

CREATE INDEX ix_survey_runs_contact ON survey_runs (contact_id);

CREATE INDEX ix_survey_runs_ends ON survey_runs (ends_at) WHERE state = 'active';

CREATE INDEX ix_survey_runs_remind ON survey_runs (remind_at) WHERE state = 'active';
"""

_ANSWERS = """
CREATE TABLE survey_answers (
    id bigint GENERATED ALWAYS AS IDENTITY,
    organization_id uuid NOT NULL,
    run_id uuid NOT NULL,
    step text NOT NULL,
    outcome text NOT NULL,
    value jsonb,
    message_sid text NOT NULL,
    answered_at timestamptz NOT NULL,
    PRIMARY KEY (id),
    UNIQUE (message_sid),
    FOREIGN KEY(organization_id) REFERENCES organizations (id),
    FOREIGN KEY(run_id) REFERENCES survey_runs (id)
);

CREATE INDEX ix_survey_answers_run ON survey_answers (run_id, id);
"""

_PENDING = """
CREATE INDEX ix_consents_pending ON consents (given_at) WHERE state = 'pending';
"""


def upgrade() -> None:
    for statements in (_SURVEYS, _RUNS, _ANSWERS, _PENDING):
        op.execute(statements)
