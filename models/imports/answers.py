"""What people write in the columns about consent."""

from datetime import UTC, datetime, timedelta

from models.consent.tables import ConsentState
from models.imports.faults import Fault

_YES = (
    "yes",
    "y",
    "true",
    "t",
    "1",
    "1.0",
    "on",
    "opted in",
    "opt in",
    "subscribed",
    "ja",
    "j",
    "wahr",
    "oui",
    "si",
    "sí",
)
_NO = (
    "no",
    "n",
    "false",
    "f",
    "0",
    "0.0",
    "off",
    "opted out",
    "opt out",
    "unsubscribed",
    "stop",
    "nein",
    "falsch",
    "non",
)
_ANSWERS = {**dict.fromkeys(_YES, ConsentState.OPTED_IN), **dict.fromkeys(_NO, ConsentState.OPTED_OUT)}
_FIRST_SMS = datetime(1992, 12, 3, tzinfo=UTC)


def read_answer(raw: str) -> ConsentState | Fault:
    """Yes or no, in the words of spreadsheets and of a few languages; anything else is nobody's consent."""
    answer = _ANSWERS.get(raw.casefold().replace("_", " ").replace("-", " "))
    reason = "This does not say whether marketing is wanted; write yes or no, or leave it blank."
    return answer or Fault("consent_unclear", reason, raw)


def read_moment(raw: str, *, now: datetime) -> datetime | Fault:
    """An ISO 8601 date or time, in UTC where it names no zone; none after tomorrow, or before the first SMS."""
    try:
        read = datetime.fromisoformat(raw)
    except ValueError:
        reason = "This is not a date as YYYY-MM-DD, with or without a time; write it so."
        return Fault("consent_at_unreadable", reason, raw)
    moment = read if read.tzinfo else read.replace(tzinfo=UTC)
    if not _FIRST_SMS < moment < now + timedelta(days=1):
        return Fault(
            "consent_at_implausible", "Nobody can have agreed then, by text message; correct the date.", raw
        )
    return moment
