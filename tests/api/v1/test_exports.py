"""The export of a person: whole, and only for a key that has the scope for it."""

from sqlalchemy.ext.asyncio import AsyncEngine

from models.api_keys.scopes import Scope
from models.rights.export import SECTIONS
from tests.api.server import Api
from tests.api.v1.client import Client, new_key

PHONE = "+12025550123"


async def test_everything_of_a_person_in_one_object(client: Client) -> None:
    made = (await client.post("/contacts", {"phone": PHONE, "first_name": "Ada"})).json()
    await client.post("/messages", {"to": PHONE, "body": "Hello Ada"})
    answer = await client.get(f"/contacts/{made['id']}/export")
    assert (answer.status_code, answer.headers["cache-control"]) == (200, "no-store")
    found = answer.json()
    assert set(found) == {"version", "phone", "exported_at", *SECTIONS}
    assert (found["phone"], found["contact"][0]["first_name"]) == (PHONE, "Ada")
    assert [message["body"] for message in found["messages"]] == ["Hello Ada"]


async def test_a_key_for_reading_contacts_is_not_enough(api: Api, client: Client, database: AsyncEngine) -> None:
    made = (await client.post("/contacts", {"phone": PHONE})).json()
    reader = Client(api.client, await new_key(database, Scope.CONTACTS_READ))
    assert (await reader.get(f"/contacts/{made['id']}/export")).status_code == 403
