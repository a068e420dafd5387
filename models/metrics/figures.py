"""What is measured in the database: each figure one query that goes by an index, with labels of bounded number.

No label is a person, a number or a message.
"""

from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class Figure:
    """A metric; `query` gives a column for each label, and `value`. A `counter` only grows."""

    name: str
    help: str
    query: str
    labels: tuple[str, ...] = ()
    counter: bool = False


_LATELY = "clock_timestamp() - interval '5 minutes'"

FIGURES = (
    Figure(
        "tidings_webhooks_unprocessed",
        "Stored webhooks that wait to be handled.",
        "SELECT count(*) AS value FROM webhook_events WHERE processed_at IS NULL",
    ),
    Figure(
        "tidings_webhooks_unprocessed_oldest_seconds",
        "Age of the oldest stored webhook that waits to be handled; 0 when none does.",
        "SELECT COALESCE(extract(epoch FROM clock_timestamp() - min(received_at)), 0) AS value"
        " FROM webhook_events WHERE processed_at IS NULL",
    ),
    Figure(
        "tidings_webhooks_failed",
        "Stored webhooks whose handling failed; see `tidings webhooks failed`.",
        "SELECT count(*) AS value FROM webhook_events WHERE error IS NOT NULL",
    ),
    Figure(
        "tidings_receiver_silent_seconds",
        "Since the last sign of life of an API that takes webhooks.",
        "SELECT extract(epoch FROM clock_timestamp() - beat_at) AS value FROM receiver_beats",
    ),
    Figure(
        "tidings_messages_planned",
        "Messages that are to be sent now or later.",
        "SELECT count(*) AS value FROM messages WHERE state = 'planned'",
    ),
    Figure(
        "tidings_messages_open",
        "Messages that a worker holds (claimed), or of which nobody knows whether they were sent (unknown).",
        "SELECT s.state, (SELECT count(*) FROM messages m WHERE m.state IN ('claimed', 'unknown')"
        " AND m.state = s.state) AS value FROM unnest(CAST('{claimed,unknown}' AS message_state[])) AS s(state)",
        labels=("state",),
    ),
    Figure(
        "tidings_claim_oldest_seconds",
        "Age of the oldest claim; 0 when nothing is claimed.",
        "SELECT COALESCE(extract(epoch FROM clock_timestamp() - min(claimed_at)), 0) AS value FROM messages"
        " WHERE state IN ('claimed', 'unknown') AND state = 'claimed'",
    ),
    Figure(
        "tidings_runs",
        "Campaign runs that have not ended.",
        "SELECT r.state, count(*) AS value FROM campaign_runs r JOIN campaigns c ON c.id = r.campaign_id"
        " WHERE r.finished_at IS NULL AND r.state <> 'canceled' AND NOT c.standing GROUP BY r.state",
        labels=("state",),
    ),
    Figure(
        "tidings_opt_outs",
        "Opt-outs in the ledger, one for each message type and channel, since the beginning.",
        "SELECT count(*) AS value FROM consent_events"
        " WHERE state_after = 'opted_out' AND state_before <> 'opted_out'",
        counter=True,
    ),
    Figure(
        "tidings_consent_reviews_open",
        "Texts that may be a refusal and wait for a person; see `tidings consent review`.",
        "SELECT count(*) AS value FROM consent_reviews WHERE state = 'open'",
    ),
    Figure(
        "tidings_incidents",
        "What must never happen and was seen, since the beginning.",
        "SELECT kind, count(*) AS value FROM incidents GROUP BY kind",
        labels=("kind",),
        counter=True,
    ),
    Figure(
        "tidings_alerts_open",
        "Rates of failures or opt-outs that are too high now.",
        "SELECT k.kind, (SELECT count(*) FROM alerts a WHERE a.kind = k.kind AND a.ended_at IS NULL) AS value"
        " FROM unnest(CAST('{failures,opt_outs}' AS text[])) AS k(kind)",
        labels=("kind",),
    ),
    Figure(
        "tidings_events_unpublished",
        "Events that have no place in the stream yet.",
        "SELECT count(*) AS value FROM events WHERE position IS NULL",
    ),
    Figure(
        "tidings_event_deliveries_waiting",
        "Outgoing webhooks that are still to be delivered.",
        "SELECT count(*) AS value FROM event_deliveries WHERE state = 'pending'",
    ),
    Figure(
        "tidings_senders_paused",
        "Senders that wait for a person.",
        "SELECT count(*) AS value FROM senders WHERE state = 'paused'",
    ),
)

ENDED = f"""
    SELECT m.state::text AS state, m.failed_at, m.error_code, count(*) AS value
    FROM campaign_runs r JOIN messages m ON m.campaign_run_id = r.id
        AND m.updated_at >= {_LATELY} AND m.state IN ('delivered', 'read', 'undelivered', 'failed')
    WHERE r.finished_at IS NULL OR r.finished_at > clock_timestamp() - interval '1 day'
    GROUP BY 1, 2, 3
"""  # noqa: S608 (only the text above is put in)
"""How messages ended within the last five minutes."""

SENDERS = """
    SELECT s.id, o.slug, s.purpose, s.channel FROM senders s JOIN organizations o ON o.id = s.organization_id
    WHERE s.state <> 'retired'
"""
