"""Every message from a person and when the webhook answered it, so that others can judge what followed."""

import time
from dataclasses import asdict, dataclass, field

from simulator.messages import Message


@dataclass(slots=True)
class InboundEntry:
    """One message from a person; monotonic times are the system's CLOCK_MONOTONIC in seconds."""

    number: int
    sid: str
    person: str
    to: str
    body: str
    keyword: str | None
    """STOP, START or HELP when the message is one of their words."""
    sent_monotonic: float
    answered_monotonic: float | None = None
    webhook_status: int | None = None
    """None until the webhook answered, or when it was not reached."""

    def answered(self, status: int | None) -> None:
        """Notes the webhook's answer, now."""
        self.answered_monotonic, self.webhook_status = time.monotonic(), status

    def document(self) -> dict[str, object]:
        """The entry as the control API shows it."""
        document = asdict(self)
        document["from"] = document.pop("person")
        return document


@dataclass(slots=True)
class InboundLog:
    """Entries in their order, numbered from 1."""

    entries: list[InboundEntry] = field(default_factory=list)

    def open(self, message: Message, *, word: str | None) -> InboundEntry:
        """A new entry for a message that is about to be posted to the webhook."""
        entry = InboundEntry(
            number=len(self.entries) + 1,
            sid=message.sid,
            person=message.sender or "",
            to=message.to,
            body=message.body,
            keyword=word,
            sent_monotonic=time.monotonic(),
        )
        self.entries.append(entry)
        return entry
