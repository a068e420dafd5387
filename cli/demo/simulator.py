"""The simulated Twilio's own control API: how people behave, and what it saw."""

from dataclasses import dataclass
from typing import Any, Self

import httpx

from messaging.errors import TidingsError

_PAGE = 1_000


class SimulatorSilent(TidingsError):
    """The simulator does not answer, or refused what was asked."""


@dataclass(frozen=True, slots=True)
class Request:
    """One request to send a message, as Twilio saw it; `began` in seconds of CLOCK_MONOTONIC.

    `status` is where the message is now; None for a request that was refused.
    """

    number: int
    to: str
    body: str
    service_sid: str
    began: float
    status: str | None

    @classmethod
    def read(cls, entry: dict[str, Any]) -> Self:
        """A request from an entry of the simulator's log."""
        return cls(
            number=entry["number"],
            to=entry["to"],
            body=entry["body"],
            service_sid=entry["messaging_service_sid"],
            began=entry["received_monotonic"],
            status=entry["message_status"] if entry["accepted"] else None,
        )


@dataclass(frozen=True, slots=True)
class Heard:
    """One message from a person; `keyword` is STOP, START, HELP or None, times as in `Request`.

    `answered` is when our webhook took it; None when it never did.
    """

    number: int
    person: str
    body: str
    keyword: str | None
    sent: float
    answered: float | None

    @classmethod
    def read(cls, entry: dict[str, Any]) -> Self:
        """A message from an entry of the simulator's log."""
        taken = entry["webhook_status"] is not None and entry["webhook_status"] < 300
        return cls(
            number=entry["number"],
            person=entry["from"],
            body=entry["body"],
            keyword=entry["keyword"],
            sent=entry["sent_monotonic"],
            answered=entry["answered_monotonic"] if taken else None,
        )


class Simulator:
    """A client of the control API. Every method raises `SimulatorSilent`."""

    def __init__(self, url: str) -> None:
        self.url = url
        self._client = httpx.Client(base_url=url, trust_env=False, timeout=30)

    def change(self, settings: dict[str, Any]) -> None:
        """Changes how it behaves from now on, by a JSON merge patch."""
        self._ask("PATCH", "/simulator/settings", json=settings)

    def say(self, person: str, text: str, *, service_sid: str) -> None:
        """Lets a person write to the Messaging Service; returns when our webhook answered."""
        message = {"from": person, "messaging_service_sid": service_sid, "body": text}
        self._ask("POST", "/simulator/inbound", json=message)

    def requests(self, *, after: int = 0) -> list[Request]:
        """Every request to send a message, in order, after the request of that number."""
        return [Request.read(entry) for entry in self._log("/simulator/messages", after=after)]

    def heard(self, *, after: int = 0) -> list[Heard]:
        """What people sent, in order, after the message of that number."""
        return [Heard.read(entry) for entry in self._log("/simulator/inbound", after=after)]

    def is_idle(self) -> bool:
        """Whether no message is on its way any more and every callback was posted."""
        stats = self._ask("GET", "/simulator/stats")
        return not stats["under_way"] and not stats["webhook_calls_waiting"]

    def _log(self, path: str, *, after: int) -> list[dict[str, Any]]:
        entries: list[dict[str, Any]] = []
        next_after: int | None = after
        while next_after is not None:
            page = self._ask("GET", path, params={"after": next_after, "limit": _PAGE})
            entries += page["messages"]
            next_after = page["next_after"]
        return entries

    def _ask(self, method: str, path: str, **given: Any) -> dict[str, Any]:
        try:
            answer = self._client.request(method, path, **given)
        except httpx.HTTPError as error:
            raise SimulatorSilent(
                f"The simulator at {self.url} does not answer ({type(error).__name__})."
            ) from None
        if not answer.is_success:
            raise SimulatorSilent(f"The simulator refused {method} {path}: {answer.text[:300]}")
        found: dict[str, Any] = answer.json()
        return found
