"""Every table is judged: where a person can be in it, it is exported and erased. A new one must be judged too."""

from models.rights.export import SECTIONS
from models.rights.unnaming import STATEMENTS
from models.tables import metadata

ERASED = {
    "contacts": "its row goes",
    "conversations": "its rows go",
    "appointments": "its rows go",
    "appointment_events": "its rows go",
    "reminders": "its rows go",
    "survey_runs": "its rows go",
    "survey_answers": "its rows go",
    "consent_reviews": "its rows go",
    "inbound_media": "its rows go, after the files",
    "messages": "its rows stay without the person",
    "settlements": "its rows stay without texts",
}
"""Tables with a person in them that the statements of an erasure name."""

ERASED_OTHERWISE = {
    "contact_reach": "goes with its contact",
    "appointment_questions": "goes with its contact",
    "consents": "by the ledger's own function",
    "consent_events": "by the ledger's own function",
    "webhook_events": "read through by models.rights.raw_webhooks",
    "message_events": "of a message; Twilio's SID and statuses alone",
    "message_attempts": "of a message; codes and times alone",
}

NOT_EXPORTED = {
    "kept_answers": "ids; a number in an answer would be taken out",
    "reply_lookups": "which rule waits for an answer, for seconds",
    "studio_starts": "that a conversation was handed over",
    "retention_passed_over": "a message's id",
    "status_polls": "how often a message was looked up",
}
"""What is about our work; of no interest to the person, and no longer theirs once the message is nobody's."""

NOBODYS = {
    *(
        "alerts",
        "api_keys",
        "api_key_budgets",
        "appointment_files",
        "budgets",
        "campaigns",
        "campaign_events",
        "campaign_runs",
    ),
    *("country_pauses", "erasures", "event_deliveries", "event_streams", "event_subscriptions", "events"),
    *("inbound_checks", "incidents", "ledger_erasures", "organizations", "organization_policies"),
    *(
        "price_checks",
        "receiver_beats",
        "reminder_rules",
        "reply_rules",
        "retention_marks",
        "sender_numbers",
        "senders",
    ),
    *("suppressions", "surveys"),
    *("watches", "webhook_archives"),
}
"""Settings, counts, ids, keyed hashes."""


def test_every_table_is_judged() -> None:
    judged = [ERASED.keys(), ERASED_OTHERWISE.keys(), NOT_EXPORTED.keys(), NOBODYS]
    assert sorted(name for names in judged for name in names) == sorted(metadata.tables)


def test_where_a_person_is_they_are_exported() -> None:
    exported = {source.partition(" ")[0] for source in SECTIONS.values()}
    assert exported == ERASED.keys() | ERASED_OTHERWISE.keys()


def test_and_erased() -> None:
    named = {word for statement in STATEMENTS.values() for word in statement.split()}
    assert ERASED.keys() <= named
