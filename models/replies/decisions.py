"""What is to be said to a message, before anything of it is written or sent."""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field

import structlog

from messaging import segments
from messaging.segments import BodyTooLong
from messaging.templates import TemplateError
from messaging.twilio_twiml import sayable
from models.campaigns.rendering import compile_stored

CAUSE = "reply: "
"""How the cause of an automatic reply begins; the rule's name follows."""

SURVEY = "survey"
"""The cause of what a survey says."""

log = structlog.get_logger(__name__)


@dataclass(frozen=True, slots=True)
class Say:
    """One message of an answer, ready to be sent."""

    body: str
    media: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class Decision:
    """Messages to say (none: silence), and where Twilio asks on, if anywhere.

    `cause` says which rule it was. `counts` is False for answers that end by themselves, as a survey's do: the
    limit on automatic replies leaves them alone. `lookup` names a rule whose look-up must be asked first.
    """

    cause: str = ""
    says: tuple[Say, ...] = ()
    redirect: str | None = None
    counts: bool = True
    lookup: str | None = None


SILENCE = Decision()


@dataclass(frozen=True, slots=True)
class Renderer:
    """Fills texts with a contact's values; one that cannot be filled, or is too long, is left out and logged."""

    values: Mapping[str, object]
    more: Mapping[str, object] = field(default_factory=dict)

    def say(self, texts: Iterable[str], *, media: tuple[str, ...] = ()) -> tuple[Say, ...]:
        """The messages of some texts; the media go with the first."""
        bodies = [body for text in texts if (body := self.body(text))]
        if not bodies:
            return (Say("", media),) if media else ()
        return (Say(bodies[0], media), *(Say(body) for body in bodies[1:]))

    def body(self, text: str) -> str:
        """One text, empty when there is nothing that could be sent."""
        try:
            body = sayable(compile_stored(text).render({**self.values, **self.more})).strip()
            segments.check(body)
        except (TemplateError, BodyTooLong) as error:
            log.error("an automatic reply cannot be sent", reason=type(error).__name__)
            return ""
        return body
