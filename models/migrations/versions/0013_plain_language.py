"""Plain-language refusals that wait for a person."""

from alembic import op

revision = "0013"
down_revision = "0012"
branch_labels = None
depends_on = None

_REVIEWS = """
CREATE TABLE consent_reviews (
    id bigint GENERATED ALWAYS AS IDENTITY,
    organization_id uuid NOT NULL,
    phone text NOT NULL,
    contact_id bigint,
    conversation_id uuid,
    message_id bigint NOT NULL,
    why text NOT NULL,
    state text NOT NULL,
    opened_at timestamptz NOT NULL,
    decided_at timestamptz,
    decided_by text,
    PRIMARY KEY (id),
    FOREIGN KEY(organization_id) REFERENCES organizations (id),
    FOREIGN KEY(contact_id) REFERENCES contacts (id),
    FOREIGN KEY(conversation_id) REFERENCES conversations (id),
    FOREIGN KEY(message_id) REFERENCES messages (id)
);

CREATE UNIQUE INDEX uq_consent_reviews_open ON consent_reviews (organization_id, phone) WHERE state = 'open';

CREATE INDEX ix_consent_reviews_organization ON consent_reviews (organization_id, id);

CREATE INDEX ix_consent_reviews_phone ON consent_reviews (organization_id, phone);
"""

_HELD = """
ALTER TABLE consents ADD COLUMN in_review boolean DEFAULT false NOT NULL;

CREATE INDEX ix_consents_in_review ON consents (organization_id, phone) WHERE in_review;
"""

# A consent that an import or a form brings while the person's text waits is held like the others.
_NEW_CONSENTS = """
CREATE FUNCTION hold_consents_in_review() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    IF EXISTS (SELECT FROM consent_reviews WHERE state = 'open') THEN
        UPDATE consents c SET in_review = true
        FROM added a JOIN consent_reviews r USING (organization_id, phone)
        WHERE r.state = 'open' AND a.message_type = 'marketing' AND c.message_type = a.message_type
            AND c.organization_id = a.organization_id AND c.phone = a.phone
            AND c.topic = a.topic AND c.channel = a.channel;
    END IF;
    RETURN NULL;
END $$;

CREATE TRIGGER hold_consents_in_review AFTER INSERT ON consents
    REFERENCING NEW TABLE AS added FOR EACH STATEMENT EXECUTE FUNCTION hold_consents_in_review();
"""


def upgrade() -> None:
    for statements in (_REVIEWS, _HELD, _NEW_CONSENTS):
        op.execute(statements)
