"""Whatever goes wrong, the log tells of it without numbers, texts or keys."""

from pathlib import Path

from sqlalchemy import text
from sqlalchemy.ext.asyncio import AsyncEngine

from tests.api.server import PERSON, running_api
from tests.api.v1.client import Client, new_key, problem

BODY = "text-of-ada"


async def test_an_unexpected_error_is_a_problem_and_logged_without_values(
    database: AsyncEngine, database_url: str, tmp_path: Path
) -> None:
    log = tmp_path / "api.log"
    with log.open("wb") as file:
        async with running_api(database_url, log=file) as api:
            client = Client(api.client, await new_key(database))
            await client.post("/messages", {"to": PERSON, "body": BODY})
            await client.post("/messages", {"to": "12", "body": BODY, "media": [PERSON]})
            await _rename(database, "contacts", "gone")
            try:
                for path, body in (
                    ("/contacts/search", {"phone": PERSON}),
                    ("/messages", {"to": PERSON, "body": BODY}),
                ):
                    failed = problem(await client.post(path, body), 500, "unexpected")
            finally:
                await _rename(database, "gone", "contacts")
    told = log.read_text()
    assert failed["instance"] in told
    assert '"route": "POST /contacts/search", "error": "UndefinedTable 42P01"' in told
    for secret in (PERSON, PERSON[2:], BODY, client.key.split("_", 2)[2]):
        assert secret not in told


async def _rename(database: AsyncEngine, old: str, new: str) -> None:
    async with database.begin() as connection:
        await connection.execute(text(f"ALTER TABLE {old} RENAME TO {new}"))
