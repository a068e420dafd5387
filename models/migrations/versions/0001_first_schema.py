"""The first schema: tenants, contacts, consent, campaigns, messages, webhooks, budgets, incidents."""

from alembic import op

revision = "0001"
down_revision = None
branch_labels = None
depends_on = None

_TYPES = """
CREATE TYPE message_state AS ENUM (
    'planned', 'claimed', 'unknown', 'skipped', 'expired', 'scheduled', 'accepted', 'queued', 'sending', 'sent',
    'partially_delivered', 'canceled', 'failed', 'undelivered', 'delivered', 'read', 'receiving', 'received'
);
"""

_CONSENT_RULE = """
CREATE FUNCTION consent_refusal(message_type text, consent_state text) RETURNS text
LANGUAGE sql IMMUTABLE PARALLEL SAFE AS $$
    SELECT CASE
        WHEN consent_state = 'opted_out' THEN 'opted_out'
        WHEN message_type = 'marketing' AND consent_state IS DISTINCT FROM 'opted_in' THEN 'no_consent'
    END
$$;
"""

_TABLES = """
CREATE TABLE organizations (
    id uuid NOT NULL,
    slug text NOT NULL,
    name text NOT NULL,
    twilio_account_sid text,
    default_region text NOT NULL,
    created_at timestamptz NOT NULL,
    PRIMARY KEY (id),
    UNIQUE (slug),
    UNIQUE (twilio_account_sid)
);

CREATE TABLE senders (
    id uuid NOT NULL,
    organization_id uuid NOT NULL,
    purpose text NOT NULL,
    address text NOT NULL,
    channel text NOT NULL,
    rate double precision NOT NULL,
    state text NOT NULL,
    state_reason text,
    created_at timestamptz NOT NULL,
    PRIMARY KEY (id),
    UNIQUE (organization_id, purpose, address),
    FOREIGN KEY(organization_id) REFERENCES organizations (id)
);

CREATE INDEX ix_senders_address ON senders (address);

CREATE TABLE contacts (
    id bigint GENERATED ALWAYS AS IDENTITY,
    organization_id uuid NOT NULL,
    phone text NOT NULL,
    first_name text,
    last_name text,
    email text,
    country text,
    locale text,
    timezone text,
    tags text[] DEFAULT '{}' NOT NULL,
    attributes jsonb DEFAULT '{}' NOT NULL,
    created_at timestamptz NOT NULL,
    updated_at timestamptz NOT NULL,
    PRIMARY KEY (id),
    UNIQUE (organization_id, phone),
    FOREIGN KEY(organization_id) REFERENCES organizations (id)
);

CREATE INDEX ix_contacts_tags ON contacts USING gin (tags);

CREATE TABLE consent_events (
    id bigint GENERATED ALWAYS AS IDENTITY,
    organization_id uuid NOT NULL,
    phone text NOT NULL,
    message_type text NOT NULL,
    topic text NOT NULL,
    channel text NOT NULL,
    state_before text NOT NULL,
    state_after text NOT NULL,
    method text NOT NULL,
    source text NOT NULL,
    message_sid text,
    actor text,
    evidence jsonb DEFAULT '{}' NOT NULL,
    given_at timestamptz NOT NULL,
    recorded_at timestamptz NOT NULL,
    PRIMARY KEY (id),
    FOREIGN KEY(organization_id) REFERENCES organizations (id)
);

CREATE INDEX ix_consent_events_phone ON consent_events (organization_id, phone, id);

CREATE TABLE consents (
    organization_id uuid NOT NULL,
    phone text NOT NULL,
    message_type text NOT NULL,
    topic text NOT NULL,
    channel text NOT NULL,
    state text NOT NULL,
    before_opt_out text,
    opt_out_method text,
    event_id bigint NOT NULL,
    given_at timestamptz NOT NULL,
    PRIMARY KEY (organization_id, phone, message_type, topic, channel),
    FOREIGN KEY(organization_id) REFERENCES organizations (id),
    FOREIGN KEY(event_id) REFERENCES consent_events (id)
);

CREATE TABLE campaigns (
    id uuid NOT NULL,
    organization_id uuid NOT NULL,
    name text NOT NULL,
    kind text NOT NULL,
    body text NOT NULL,
    audience jsonb DEFAULT '{}' NOT NULL,
    rate double precision,
    priority text DEFAULT 'normal' NOT NULL,
    send_at timestamptz,
    send_before timestamptz,
    created_at timestamptz NOT NULL,
    PRIMARY KEY (id),
    FOREIGN KEY(organization_id) REFERENCES organizations (id)
);

CREATE INDEX ix_campaigns_name ON campaigns (name);

CREATE TABLE campaign_runs (
    id uuid NOT NULL,
    organization_id uuid NOT NULL,
    campaign_id uuid NOT NULL,
    occurrence text NOT NULL,
    sender_id uuid NOT NULL,
    state text NOT NULL,
    state_reason text,
    planned_at timestamptz,
    send_before timestamptz,
    tended_until timestamptz,
    finished_at timestamptz,
    created_at timestamptz NOT NULL,
    PRIMARY KEY (id),
    UNIQUE (campaign_id, occurrence),
    FOREIGN KEY(organization_id) REFERENCES organizations (id),
    FOREIGN KEY(campaign_id) REFERENCES campaigns (id),
    FOREIGN KEY(sender_id) REFERENCES senders (id)
);

CREATE TABLE campaign_events (
    id bigint GENERATED ALWAYS AS IDENTITY,
    campaign_run_id uuid NOT NULL,
    at timestamptz NOT NULL,
    what text NOT NULL,
    why text,
    actor text NOT NULL,
    detail jsonb DEFAULT '{}' NOT NULL,
    PRIMARY KEY (id),
    FOREIGN KEY(campaign_run_id) REFERENCES campaign_runs (id)
);

CREATE INDEX ix_campaign_events_run ON campaign_events (campaign_run_id, id);

CREATE TABLE conversations (
    id uuid NOT NULL,
    organization_id uuid NOT NULL,
    contact_id bigint NOT NULL,
    our_address text NOT NULL,
    channel text NOT NULL,
    preview text NOT NULL,
    unread integer NOT NULL,
    last_inbound_at timestamptz,
    last_message_at timestamptz,
    created_at timestamptz NOT NULL,
    PRIMARY KEY (id),
    UNIQUE (organization_id, contact_id, our_address),
    FOREIGN KEY(organization_id) REFERENCES organizations (id),
    FOREIGN KEY(contact_id) REFERENCES contacts (id)
);

CREATE TABLE messages (
    id bigint GENERATED ALWAYS AS IDENTITY,
    organization_id uuid NOT NULL,
    direction text NOT NULL,
    state message_state NOT NULL,
    phone text NOT NULL,
    country text,
    our_address text,
    channel text NOT NULL,
    message_type text,
    contact_id bigint,
    sender_id uuid,
    campaign_run_id uuid,
    conversation_id uuid,
    dedupe_key bytea,
    body text,
    media jsonb,
    encoding text,
    segments smallint,
    send_after timestamptz,
    send_before timestamptz,
    claim_id uuid,
    claimed_at timestamptz,
    lease_until timestamptz,
    attempt smallint DEFAULT '1' NOT NULL,
    tries smallint DEFAULT '0' NOT NULL,
    twilio_sid text,
    account_sid text,
    http_status smallint,
    request_id text,
    skip_reason text,
    failed_at text,
    error_code integer,
    price numeric,
    price_unit text,
    created_at timestamptz NOT NULL,
    updated_at timestamptz NOT NULL,
    PRIMARY KEY (id),
    UNIQUE (organization_id, dedupe_key),
    UNIQUE (twilio_sid),
    FOREIGN KEY(organization_id) REFERENCES organizations (id),
    FOREIGN KEY(contact_id) REFERENCES contacts (id),
    FOREIGN KEY(sender_id) REFERENCES senders (id),
    FOREIGN KEY(campaign_run_id) REFERENCES campaign_runs (id),
    FOREIGN KEY(conversation_id) REFERENCES conversations (id)
);

CREATE INDEX ix_messages_due ON messages (campaign_run_id, send_after, id) WHERE state = 'planned';

CREATE INDEX ix_messages_run ON messages (campaign_run_id, state) WHERE campaign_run_id IS NOT NULL;

CREATE INDEX ix_messages_open ON messages (phone) WHERE state IN ('claimed', 'unknown');

CREATE INDEX ix_messages_thread ON messages (conversation_id, id) WHERE conversation_id IS NOT NULL;

CREATE TABLE message_events (
    id bigint GENERATED ALWAYS AS IDENTITY,
    message_id bigint,
    twilio_sid text NOT NULL,
    status text NOT NULL,
    error_code integer,
    received_at timestamptz NOT NULL,
    PRIMARY KEY (id),
    UNIQUE (twilio_sid, status),
    FOREIGN KEY(message_id) REFERENCES messages (id)
);

CREATE INDEX ix_message_events_message ON message_events (message_id);

CREATE TABLE settlements (
    message_id bigint NOT NULL,
    claim_id uuid NOT NULL,
    verdict text NOT NULL,
    evidence jsonb DEFAULT '[]' NOT NULL,
    looked_at timestamptz NOT NULL,
    look_again_at timestamptz,
    decided_by text,
    PRIMARY KEY (message_id, claim_id),
    FOREIGN KEY(message_id) REFERENCES messages (id)
);

CREATE TABLE country_pauses (
    sender_id uuid NOT NULL,
    country text NOT NULL,
    reason text NOT NULL,
    paused_at timestamptz NOT NULL,
    PRIMARY KEY (sender_id, country),
    FOREIGN KEY(sender_id) REFERENCES senders (id)
);

CREATE TABLE webhook_events (
    id bigint GENERATED ALWAYS AS IDENTITY,
    kind text NOT NULL,
    dedupe_key text NOT NULL,
    organization_id uuid,
    account_sid text,
    query text NOT NULL,
    payload jsonb NOT NULL,
    answer text,
    error text,
    received_at timestamptz NOT NULL,
    processed_at timestamptz,
    PRIMARY KEY (id),
    UNIQUE (dedupe_key),
    FOREIGN KEY(organization_id) REFERENCES organizations (id)
);

CREATE INDEX ix_webhook_events_unprocessed ON webhook_events (id) WHERE processed_at IS NULL;

CREATE TABLE budgets (
    key text NOT NULL,
    rate double precision NOT NULL,
    free_at timestamptz NOT NULL,
    share double precision DEFAULT 1 NOT NULL,
    slowed_at timestamptz,
    closed_until timestamptz,
    urgent_until timestamptz,
    PRIMARY KEY (key)
);

CREATE TABLE incidents (
    id bigint GENERATED ALWAYS AS IDENTITY,
    organization_id uuid NOT NULL,
    kind text NOT NULL,
    message_id bigint,
    campaign_run_id uuid,
    detail jsonb DEFAULT '{}' NOT NULL,
    seen_at timestamptz NOT NULL,
    PRIMARY KEY (id),
    FOREIGN KEY(organization_id) REFERENCES organizations (id),
    FOREIGN KEY(message_id) REFERENCES messages (id),
    FOREIGN KEY(campaign_run_id) REFERENCES campaign_runs (id)
);
"""


def upgrade() -> None:
    for statements in (_TYPES, _CONSENT_RULE, _TABLES):
        op.execute(statements)
