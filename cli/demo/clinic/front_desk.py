"""What the clinic's own software does by the JSON API: changes appointments, and looks at what became of them."""

import asyncio
from typing import Any

import httpx

from cli.database import open_database
from messaging.errors import TidingsError
from models.api_keys.keeping import create_key
from models.api_keys.scopes import Scope
from models.columns import utc_now
from models.organizations import DEFAULT_SLUG, find_organization

_SCOPES = frozenset({Scope.APPOINTMENTS_READ, Scope.APPOINTMENTS_WRITE, Scope.MESSAGES_SEND})
_PLENTY = 1_000.0


class DeskRefused(TidingsError):
    """The API did not do what the clinic asked."""


class FrontDesk:
    """A client with a key of its own. Every method raises `DeskRefused`."""

    def __init__(self, api: str) -> None:
        headers = {"Authorization": f"Bearer {asyncio.run(_new_key())}"}
        self._client = httpx.Client(base_url=f"{api}/api/v1", headers=headers, trust_env=False, timeout=30)

    def appointments(self) -> list[dict[str, Any]]:
        """All of them, by their start."""
        return self._all("/appointments")

    def reminders(self) -> list[dict[str, Any]]:
        """All of them, by the time they are due."""
        return self._all("/reminders")

    def report(self, day: str) -> dict[str, int]:
        """A day's figures."""
        total: dict[str, int] = self._ask("GET", "/reminders/report", params={"day": day})["total"]
        return total

    def write(self, phone: str, text: str) -> None:
        """Sends one message to somebody."""
        self._ask("POST", "/messages", json={"to": phone, "body": text})

    def change(self, appointment_id: int, **named: Any) -> None:
        """Changes what is named of an appointment."""
        self._ask("PATCH", f"/appointments/{appointment_id}", json=named)

    def cancel(self, appointment_id: int) -> None:
        """Cancels an appointment."""
        self._ask("POST", f"/appointments/{appointment_id}/cancel")

    def _all(self, path: str) -> list[dict[str, Any]]:
        rows: list[dict[str, Any]] = []
        asked: dict[str, Any] = {"limit": 200}
        while True:
            page = self._ask("GET", path, params=asked)
            rows += page["data"]
            if page["next_cursor"] is None:
                return rows
            asked["cursor"] = page["next_cursor"]

    def _ask(self, method: str, path: str, **given: Any) -> dict[str, Any]:
        try:
            answer = self._client.request(method, path, **given)
        except httpx.HTTPError as error:
            raise DeskRefused(f"The API does not answer {method} {path} ({type(error).__name__}).") from None
        if not answer.is_success:
            raise DeskRefused(f"The API refused {method} {path}: {answer.text[:300]}")
        found: dict[str, Any] = answer.json()
        return found


async def _new_key() -> str:
    async with open_database(application="demo") as (_, engine), engine.begin() as connection:
        secret = await create_key(
            connection,
            organization_id=(await find_organization(connection, DEFAULT_SLUG)).id,
            scopes=_SCOPES,
            name="demo",
            requests_per_second=_PLENTY,
            expires_at=None,
            now=utc_now(),
        )
    return secret.text
