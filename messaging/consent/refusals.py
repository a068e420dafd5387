"""Why consent does not allow a message, each with its sentence for people."""

from collections.abc import Mapping
from enum import StrEnum
from typing import Final


class ConsentRefusal(StrEnum):
    """A reason not to send, by its name in `messages.skip_reason`."""

    OPTED_OUT = "opted_out"
    NO_CONSENT = "no_consent"
    IN_REVIEW = "in_review"
    STALE_CONSENT = "stale_consent"
    SOFT_OPT_IN_NOT_ALLOWED = "soft_opt_in_not_allowed"
    UNCONFIRMED_CONSENT = "unconfirmed_consent"


SENTENCES: Final[Mapping[ConsentRefusal, str]] = {
    ConsentRefusal.OPTED_OUT: "The person said no to such messages.",
    ConsentRefusal.NO_CONSENT: "The person never agreed to such messages.",
    ConsentRefusal.IN_REVIEW: "The person wrote what may be a refusal, and nobody has decided yet.",
    ConsentRefusal.STALE_CONSENT: "The person agreed longer ago than the policy lets a consent hold.",
    ConsentRefusal.SOFT_OPT_IN_NOT_ALLOWED: "Only a sale stands behind it, which is no consent in this country.",
    ConsentRefusal.UNCONFIRMED_CONSENT: "The consent was not confirmed by the number, as this country requires.",
}

MENDED_BY_A_YES: Final = frozenset(
    {
        ConsentRefusal.STALE_CONSENT,
        ConsentRefusal.SOFT_OPT_IN_NOT_ALLOWED,
        ConsentRefusal.UNCONFIRMED_CONSENT,
    }
)
"""There is a consent, and all it lacks is that the person confirms it now."""
