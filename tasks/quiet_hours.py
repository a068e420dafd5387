"""How much must be left of the hours in which a person may be written to, for a message to leave in them."""

from datetime import timedelta

from messaging.settings import Settings

LEAST_VALIDITY_SECONDS = 5
"""Twilio keeps no message for less, to be sure (Messages resource: a ValidityPeriod above 5 is recommended)."""


def hours_margin(settings: Settings) -> timedelta | None:
    """None where quiet hours are not kept.

    A request may reach Twilio as late as its time limit, and only from then on the message's validity counts down.
    """
    if not settings.tidings_quiet_hours:
        return None
    return timedelta(seconds=settings.tidings_request_seconds + LEAST_VALIDITY_SECONDS)
