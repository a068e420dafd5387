"""The commands as a person runs them."""

import json
from pathlib import Path

from sqlalchemy import text
from sqlalchemy.ext.asyncio import AsyncEngine

from tests.integration.campaign_commands import Command
from tests.integration.population import add_contact

PHONE = "+12025550123"
ORDER = ("contacts", "erase", PHONE, "--actor", "ada", "--why", "asked for it")


async def known(engine: AsyncEngine) -> None:
    async with engine.begin() as connection:
        organization_id = (await connection.execute(text("SELECT id FROM organizations"))).scalar_one()
        await add_contact(connection, organization_id, PHONE, consent={"marketing": "opted_in"})


async def test_everything_is_exported_to_a_file_of_ones_own(
    tidings: Command, committed: AsyncEngine, tmp_path: Path
) -> None:
    await known(committed)
    done = await tidings("contacts", "export", "(202) 555-0123", "--out", "ada.json")
    assert (done.status, done.stdout) == (0, ""), done.stderr
    file = tmp_path / "ada.json"
    assert file.stat().st_mode & 0o077 == 0
    found = json.loads(file.read_text())
    assert found["contact"][0]["first_name"] == "Ada"
    assert [entry["state_after"] for entry in found["consent_history"]] == ["opted_in"]
    assert (
        "cannot be written: file exists"
        in (await tidings("contacts", "export", PHONE, "--out", "ada.json")).refusal
    )
    assert json.loads((await tidings("contacts", "export", PHONE)).stdout)["phone"] == PHONE


async def test_erased_once_asked_listed_without_the_number_and_refused_by_an_import(
    tidings: Command, committed: AsyncEngine, tmp_path: Path
) -> None:
    await known(committed)
    done = await tidings(*ORDER, "--yes", "--json")
    assert done.status == 0, done.stderr
    erased = json.loads(done.stdout)
    assert (erased["finished"], erased["erased"]["contacts"]) == (True, 1)
    listed = await tidings("contacts", "erasures")
    assert "asked for it" in listed.stdout
    assert PHONE not in listed.stdout + done.stderr
    [line] = json.loads((await tidings("contacts", "erasures", "--json")).stdout)["erasures"]
    assert (line["actor"], line["counts"]) == ("ada", erased["erased"])
    (tmp_path / "people.csv").write_text(f"phone\n{PHONE}\n")
    report = json.loads((await tidings("contacts", "import", "people.csv", "--json")).stdout)
    assert report["refused_by_reason"] == {"erased": 1}
    nothing = await tidings(*ORDER, "--yes")
    assert "Nothing was kept of this number." in nothing.stdout


async def test_without_a_yes_or_a_key_nothing_is_erased(tidings: Command, committed: AsyncEngine) -> None:
    await known(committed)
    assert (await tidings(*ORDER)).status != 0
    assert "TIDINGS_HASH_KEY is not set" in (await tidings(*ORDER, "--yes", TIDINGS_HASH_KEY="")).refusal
    async with committed.connect() as connection:
        assert (await connection.execute(text("SELECT count(*) FROM contacts"))).scalar_one() == 1
