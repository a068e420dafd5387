"""Asks Twilio to cancel a message, and what became of it where it does not."""

import structlog

from messaging.statuses import MessageState
from messaging.twilio_history import HistoryUnread
from messaging.twilio_messages import TwilioMessages
from messaging.twilio_scheduled import Cancellation
from models.messages.status_reports import StatusReport, outbound_status

_log = structlog.get_logger(__name__)


async def fate_of(twilio: TwilioMessages, sid: str) -> StatusReport | None:
    """That it is canceled, or the status in which it cannot be; None where Twilio told neither.

    A message that Twilio does not know is not canceled for that: the account may be another one by now.
    """
    answer = await twilio.scheduled.cancel(sid)
    if answer is Cancellation.CANCELED:
        return StatusReport(sid, MessageState.CANCELED, twilio.account_sid)
    if answer is Cancellation.UNANSWERED:
        _log.warning("cancel_unanswered", twilio_sid=sid)
        return None
    try:
        found = await twilio.history.by_sid(sid)
    except HistoryUnread as error:
        _log.warning("history_unread", reason=str(error))
        return None
    status = outbound_status(found.status) if found else None
    if found is None or status in (None, MessageState.SCHEDULED):
        _log.warning("cancel_refused", twilio_sid=sid)
        return None
    return StatusReport(sid, status, twilio.account_sid, error_code=found.error_code)
