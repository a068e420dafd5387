"""Reads a status callback's form, live from the webhook and again when it is applied later."""

from collections.abc import Iterable, Sequence

from messaging.callbacks import parse_status_query
from models.messages.status_reports import StatusReport, outbound_status

NOT_A_STATUS = "not a status of an outbound message"
"""Why a callback is kept and nothing more can be made of it."""


def read_status_report(payload: Iterable[Sequence[str]], *, query: str, account_sid: str) -> StatusReport | None:
    """The report in a callback's pairs, and in the query of our URL; None for a status that is not applied."""
    fields: dict[str, str] = {}
    for name, value in payload:
        fields.setdefault(name, value.strip())
    state = outbound_status(fields.get("MessageStatus", ""))
    if state is None or not fields.get("MessageSid"):
        return None
    return StatusReport(
        twilio_sid=fields["MessageSid"],
        status=state,
        account_sid=account_sid,
        error_code=_error_code(fields.get("ErrorCode", "")),
        message_ref=parse_status_query(query),
    )


def _error_code(text: str) -> int | None:
    """Twilio's codes have five digits; more than nine would not fit the column."""
    return int(text) if text.isascii() and text.isdigit() and len(text) <= 9 else None
