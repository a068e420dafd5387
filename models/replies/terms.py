"""On what terms automatic replies are given: how many, and where Twilio reports what became of them."""

from dataclasses import dataclass

from messaging.settings import Settings


@dataclass(frozen=True, slots=True)
class ReplyTerms:
    """`per_minute` replies at most to one number; `public_base_url` is where Twilio reaches us.

    `live`: somebody waits for TwiML. Otherwise (a replay, a message found at Twilio after an outage) the reply
    leaves as a message of its own.
    """

    per_minute: int
    public_base_url: str
    live: bool = True

    @classmethod
    def of(cls, settings: Settings, *, live: bool = True) -> "ReplyTerms":
        """The terms in the settings."""
        return cls(
            per_minute=settings.tidings_replies_per_minute,
            public_base_url=settings.public_base_url or "",
            live=live,
        )


LATE = ReplyTerms(per_minute=5, public_base_url="", live=False)
"""For a message that nobody waits at the webhook for any more."""
