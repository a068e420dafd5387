"""Conversations with a mode, what is known of a contact's place and name, inbound media, automatic replies."""

from alembic import op

revision = "0005"
down_revision = "0004"
branch_labels = None
depends_on = None

_CONTACTS = """
ALTER TABLE contacts
    ADD COLUMN profile_name text,
    ADD COLUMN geo jsonb DEFAULT '{}' NOT NULL;
"""

_CONVERSATIONS = """
ALTER TABLE conversations
    ADD COLUMN mode text DEFAULT 'auto' NOT NULL,
    ADD COLUMN mode_until timestamptz,
    ADD COLUMN mode_reason text,
    ADD COLUMN studio_flow text,
    DROP CONSTRAINT conversations_organization_id_contact_id_our_address_key,
    ADD UNIQUE (organization_id, contact_id, our_address, channel);

CREATE INDEX ix_conversations_latest ON conversations (organization_id, last_message_at DESC, id DESC);

CREATE INDEX ix_conversations_unread ON conversations (organization_id, last_message_at DESC, id DESC)
    WHERE unread > 0;

CREATE INDEX ix_messages_contact ON messages (contact_id, id) WHERE contact_id IS NOT NULL;
"""

_MEDIA = """
CREATE TABLE inbound_media (
    id bigint GENERATED ALWAYS AS IDENTITY,
    organization_id uuid NOT NULL,
    message_id bigint NOT NULL,
    place smallint NOT NULL,
    url text NOT NULL,
    declared_type text NOT NULL,
    state text NOT NULL,
    content_type text,
    size bigint,
    sha256 text,
    path text,
    error text,
    tries smallint DEFAULT 0 NOT NULL,
    next_try_at timestamptz,
    delete_asked_at timestamptz,
    deleted_at timestamptz,
    created_at timestamptz NOT NULL,
    updated_at timestamptz NOT NULL,
    PRIMARY KEY (id),
    UNIQUE (message_id, place),
    FOREIGN KEY(organization_id) REFERENCES organizations (id),
    FOREIGN KEY(message_id) REFERENCES messages (id)
);

CREATE INDEX ix_inbound_media_due ON inbound_media (next_try_at, id) WHERE next_try_at IS NOT NULL;
"""

_REPLIES = """
CREATE TABLE reply_rules (
    organization_id uuid NOT NULL,
    source text NOT NULL,
    loaded_at timestamptz NOT NULL,
    PRIMARY KEY (organization_id),
    FOREIGN KEY(organization_id) REFERENCES organizations (id)
);

CREATE TABLE reply_lookups (
    message_id bigint NOT NULL,
    organization_id uuid NOT NULL,
    word text NOT NULL,
    created_at timestamptz NOT NULL,
    PRIMARY KEY (message_id),
    FOREIGN KEY(message_id) REFERENCES messages (id),
    FOREIGN KEY(organization_id) REFERENCES organizations (id)
);

CREATE TABLE studio_starts (
    id bigint GENERATED ALWAYS AS IDENTITY,
    organization_id uuid NOT NULL,
    conversation_id uuid NOT NULL,
    flow_sid text NOT NULL,
    state text NOT NULL,
    execution_sid text,
    error text,
    tries smallint DEFAULT 0 NOT NULL,
    next_try_at timestamptz,
    created_at timestamptz NOT NULL,
    PRIMARY KEY (id),
    FOREIGN KEY(organization_id) REFERENCES organizations (id),
    FOREIGN KEY(conversation_id) REFERENCES conversations (id)
);

CREATE INDEX ix_studio_starts_due ON studio_starts (next_try_at, id) WHERE next_try_at IS NOT NULL;
"""


def upgrade() -> None:
    for statements in (_CONTACTS, _CONVERSATIONS, _MEDIA, _REPLIES):
        op.execute(statements)
