"""The kinds of event that other systems may hear of."""

from enum import StrEnum


class EventKind(StrEnum):
    """What happened. The value is the `type` that other systems see; it never changes its meaning."""

    MESSAGE_RECEIVED = "message.received"
    MESSAGE_STATUS = "message.status"
    MESSAGE_PLANNED = "message.planned"
    CONVERSATION_CHANGED = "conversation.changed"
    CONSENT_CHANGED = "consent.changed"
    REVIEW_OPENED = "review.opened"
    REVIEW_DECIDED = "review.decided"
    CAMPAIGN_CHANGED = "campaign.changed"
    APPOINTMENT_CHANGED = "appointment.changed"
    SURVEY_FINISHED = "survey.finished"
    ALERT_RAISED = "alert.raised"
    ALERT_ENDED = "alert.ended"
    TEST = "test"


VERSION = 1
"""Of what an event says; a field that changes its meaning makes the next one."""
