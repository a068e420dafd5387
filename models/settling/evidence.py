"""Twilio's messages as they are kept beside a decision, for a person to judge and for an audit."""

from collections.abc import Sequence

from messaging.twilio_history import SentMessage


def evidence_of(messages: Sequence[SentMessage]) -> list[dict[str, object]]:
    """JSON: SID, status, time of creation, text, Messaging Service and error code of each."""
    return [
        {
            "sid": message.sid,
            "status": message.status,
            "date_created": message.date_created.isoformat(),
            "body": message.body,
            "messaging_service_sid": message.messaging_service_sid,
            "error_code": message.error_code,
        }
        for message in messages
    ]
