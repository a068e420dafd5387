"""Which messages Twilio may keep until their time; all others wait here, which serves as well."""

from datetime import datetime

from sqlalchemy import RowMapping

from messaging.addresses import is_service
from messaging.scheduling import can_keep
from models.senders import MessageType

SMS = "sms"


def twilio_can_keep(row: RowMapping, *, now: datetime) -> bool:
    """Whether a due message is one that Twilio keeps, and its `send_at_twilio` neither too near nor too far.

    Only a Messaging Service sends later. Marketing is kept here, because caps count a message when it leaves, and
    so is WhatsApp, whose window of 24 hours must be open at that moment.
    """
    is_kind = row["message_type"] == MessageType.TRANSACTIONAL and row["channel"] == SMS
    ends = row["send_before"]
    in_use = ends is None or row["send_at_twilio"] < ends
    return is_kind and is_service(row["sender_address"]) and in_use and can_keep(row["send_at_twilio"], now=now)
