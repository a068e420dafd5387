"""Why a reminder does not come."""

from enum import StrEnum


class Reason(StrEnum):
    """What is written beside a reminder that is obsolete or skipped."""

    MOVED = "moved"
    CANCELED = "canceled"
    REOPENED = "reopened"
    DONE = "done"
    MISSED = "missed"
    CONFIRMED = "confirmed"
    RULE_REMOVED = "rule_removed"
    OTHER_KIND = "other_kind"
    OTHER_CONTACT = "other_contact"
    RULE_CHANGED = "rule_changed"
    TOO_LATE = "too_late"
    OVERTAKEN = "overtaken"
    SHORT_NOTICE = "short_notice"
    NO_HOURS = "no_hours"


SENTENCES: dict[Reason, str] = {
    Reason.MOVED: "The appointment was moved; its new start has reminders of its own.",
    Reason.CANCELED: "The appointment was cancelled.",
    Reason.REOPENED: "The appointment takes place after all.",
    Reason.DONE: "The appointment is over.",
    Reason.MISSED: "The person did not come.",
    Reason.CONFIRMED: "The person had confirmed, and the rule is for those who have not.",
    Reason.RULE_REMOVED: "The rule is no longer there.",
    Reason.OTHER_KIND: "The appointment is now of a kind that the rule is not for.",
    Reason.OTHER_CONTACT: "The appointment is now another person's.",
    Reason.RULE_CHANGED: "The rule now says another moment.",
    Reason.TOO_LATE: "Its moment had passed when the appointment or the rule came.",
    Reason.OVERTAKEN: "The next reminder of the appointment was due by then.",
    Reason.SHORT_NOTICE: "It would have come later before the start than the rule allows.",
    Reason.NO_HOURS: "No hour before the start is allowed.",
}
"""The reasons in words."""
