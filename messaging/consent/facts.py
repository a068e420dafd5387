"""What the rules of consent ask: a message, and what is known of its person's consents."""

from dataclasses import dataclass
from datetime import datetime
from typing import Final

from messaging.consent.region_rules import RegionRule

MARKETING: Final = "marketing"
SMS: Final = "sms"
ALL_TOPICS: Final = ""
OPTED_IN: Final = "opted_in"
OPTED_OUT: Final = "opted_out"
CONFIRMED: Final = "confirmed"
SOFT: Final = "soft"


@dataclass(frozen=True, slots=True, kw_only=True)
class ConsentFact:
    """The state of one consent: of a topic ("" for all) on a channel.

    `basis` is what a yes rests on: single, confirmed (by the number itself) or soft (a sale); `agreed_at` is since
    when, and `given_at` since when the state holds.
    """

    topic: str = ALL_TOPICS
    channel: str = SMS
    state: str
    basis: str | None = None
    agreed_at: datetime | None = None
    given_at: datetime
    in_review: bool = False


@dataclass(frozen=True, slots=True, kw_only=True)
class Facts:
    """A message of a type, topic and channel; `consents` are all of its person's for that type.

    `rule` is that of the recipient's country, `now` business time.
    """

    message_type: str
    topic: str = ALL_TOPICS
    channel: str = SMS
    rule: RegionRule
    consents: tuple[ConsentFact, ...] = ()
    now: datetime

    @property
    def is_marketing(self) -> bool:
        """Whether it needs a consent, and not just the absence of a no."""
        return self.message_type == MARKETING
