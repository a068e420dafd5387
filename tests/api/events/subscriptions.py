"""The API's subscriptions as a client of the JSON API uses them."""

from typing import Any

import httpx

from tests.api.events.process import ApiProcess


class Subscriptions:
    """Those of one key's organization."""

    def __init__(self, api: ApiProcess, key: dict[str, str]) -> None:
        self._url = f"{api.url}/api/v1/subscriptions"
        self._key = key

    async def ask(self, method: str, path: str = "", **body: Any) -> httpx.Response:
        async with httpx.AsyncClient(headers=self._key) as http:
            return await http.request(method, self._url + path, json=body or None)

    async def state(self, subscription: dict[str, Any]) -> str:
        return str((await self.ask("GET", f"/{subscription['id']}")).json()["state"])

    async def subscribe(self, address: str, **more: Any) -> dict[str, Any]:
        answer = await self.ask("POST", "", address=address, **more)
        assert answer.status_code == 201, answer.text
        made: dict[str, Any] = answer.json()
        return made

    async def deliveries(self, subscription: dict[str, Any]) -> list[dict[str, Any]]:
        found: list[dict[str, Any]] = (
            await self.ask("GET", f"/{subscription['id']}/deliveries?limit=200")
        ).json()["data"]
        return found
