"""Every create request as it was received and answered, so that others can judge who was written to."""

import time
from collections import defaultdict
from dataclasses import asdict, dataclass, field
from datetime import UTC, datetime

from simulator.creation import Form, first
from simulator.numbers import canonical


@dataclass(slots=True)
class Entry:
    """One create request; `received_monotonic` is the system's CLOCK_MONOTONIC in seconds."""

    number: int
    received_at: str
    received_monotonic: float
    to: str
    sender: str
    messaging_service_sid: str
    body: str
    status_callback: str
    params: dict[str, list[str]]
    account_sid: str = ""
    """The account that was asked; `credential` says by what, once it was found right."""
    credential: str | None = None
    answered_monotonic: float | None = None
    answer: int | None = None
    """HTTP status answered; None when no answer was given (yet)."""
    error_code: int | None = None
    fault: str | None = None
    accepted: bool = False
    sid: str | None = None

    def document(self) -> dict[str, object]:
        """The entry as the control API shows it."""
        document = asdict(self)
        document["from"] = document.pop("sender")
        return document


@dataclass(slots=True)
class RequestLog:
    """Entries in their order of arrival, numbered from 1."""

    entries: list[Entry] = field(default_factory=list)
    _by_to: defaultdict[str, list[Entry]] = field(default_factory=lambda: defaultdict(list))

    def open(self, form: Form, *, received: float) -> Entry:
        """A new entry for a request whose first byte was handled at monotonic time `received`."""
        late = time.monotonic() - received
        entry = Entry(
            number=len(self.entries) + 1,
            received_at=datetime.fromtimestamp(time.time() - late, UTC).isoformat(),
            received_monotonic=received,
            to=first(form, "To"),
            sender=first(form, "From"),
            messaging_service_sid=first(form, "MessagingServiceSid"),
            body=first(form, "Body"),
            status_callback=first(form, "StatusCallback"),
            params={name: list(values) for name, values in form.items()},
        )
        self.entries.append(entry)
        self._by_to[canonical(entry.to)].append(entry)
        return entry

    def after(self, number: int, *, to: str | None = None) -> list[Entry]:
        """Entries with a greater number, all or those to one address."""
        if to is not None:
            return [entry for entry in self._by_to.get(canonical(to), []) if entry.number > number]
        return self.entries[number:]
