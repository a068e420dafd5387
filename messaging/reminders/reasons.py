"""Why a reminder does not come, in the words that are written beside it."""

from enum import StrEnum


class Reason(StrEnum):
    """What became of an appointment or of its rules, or why a moment is none."""

    MOVED = "The appointment was moved; its new start has reminders of its own."
    CANCELED = "The appointment was cancelled."
    REOPENED = "The appointment takes place after all."
    DONE = "The appointment is over."
    MISSED = "The person did not come."
    CONFIRMED = "The person had confirmed, and the rule is for those who have not."
    RULE_REMOVED = "No rule of this name is for such an appointment any more."
    TOO_LATE = "Its moment had passed when the appointment or the rule came."
    OVERTAKEN = "The next reminder of the appointment was due by then."
    PAST_USE = "It could not leave while it was of use."
    SHORT_NOTICE = "It would come later before the start than the rule allows."
    NO_HOURS = "No hour before the start is allowed."
