"""Why someone was not sent to, in a sentence for people: for reports, previews, commands and the API."""

from collections.abc import Mapping
from typing import Final

from messaging.consent.refusals import SENTENCES, ConsentRefusal
from models.messages.tables import SkipReason

_OTHERS: Final[dict[SkipReason, str]] = {
    SkipReason.BODY_TOO_LONG: "The text has more than 1,600 characters or 10 segments for this person.",
    SkipReason.EMPTY_BODY: "Nothing is left of the text for this person.",
    SkipReason.BODY_NOT_RENDERED: "The text could not be filled in for this person.",
    SkipReason.PERSONAL_DATA: "The text would hold what looks like a card, account or social security number.",
    SkipReason.WHATSAPP_WINDOW_CLOSED: "The person has not written on WhatsApp within the last 24 hours.",
    SkipReason.QUIET_HOURS: "The next hours in which the person may be written to come after the message's end.",
    SkipReason.FREQUENCY_CAP: "The person has had as many marketing messages as the policy allows.",
    SkipReason.ATTEMPT_CAP: "The person has had as many messages as the law of their state allows in a day.",
    SkipReason.UNREACHABLE_NUMBER: "Twilio said that this number cannot be reached; nothing has changed since.",
    SkipReason.SENDER_NOT_ALLOWED: "The sender may not write to this country.",
}

_OF_CONSENT = {SkipReason(why): SENTENCES[why] for why in ConsentRefusal}
_IN_WORDS: Final[Mapping[str, str]] = {reason.value: words for reason, words in (_OTHERS | _OF_CONSENT).items()}


def in_words(reason: str) -> str:
    """The sentence of a skip reason; "" for one that this version does not know."""
    return _IN_WORDS.get(reason, "")
