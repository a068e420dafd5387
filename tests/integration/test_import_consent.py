"""What a file's answers do to consent: evidence for every yes, a no always counts, an opt-out is never revived."""

import asyncio
from datetime import UTC, datetime
from pathlib import Path
from uuid import UUID

import pytest
from sqlalchemy import text
from sqlalchemy.ext.asyncio import AsyncConnection, AsyncEngine

from models.consent.keywords import start, stop
from models.imports.contacts_file import ContactsFile
from models.imports.faults import ImportRefused
from models.imports.file_import import import_file
from models.imports.report import ConsentCounts
from models.imports.rules import ImportRules
from tests.integration.importing import NOW, WITH_EVIDENCE, contact, import_text, ledger, marketing_state

NUMBER = "+12025550123"
HEADER = "phone,consent_marketing,consent_at,consent_source\n"
YES = f"{HEADER}{NUMBER},yes,,\n"
NO = f"{HEADER}{NUMBER},no,,\n"
SID = "SM" + "d4" * 16


async def test_a_yes_is_a_consent_with_evidence(connection: AsyncConnection, tmp_path: Path) -> None:
    report = await import_text(connection, tmp_path, f"{HEADER}\n{NUMBER},yes,2024-05-01T10:00+02:00,shop\n")
    assert report.consents == ConsentCounts(opted_in=1)
    assert await marketing_state(connection, NUMBER) == "opted_in"
    (entry,) = await ledger(connection, NUMBER)
    given_at = datetime(2024, 5, 1, 8, tzinfo=UTC)
    assert {
        "state_before": "unknown",
        "state_after": "opted_in",
        "method": "web_form",
        "source": "shop",
        "evidence": {"file": "people.csv", "line": 3},
        "given_at": given_at,
        "recorded_at": NOW,
    }.items() <= entry.items()
    kept = (await connection.execute(text("SELECT event_id, given_at, before_opt_out FROM consents"))).one()
    assert tuple(kept) == (entry["id"], given_at, None)


async def test_a_row_brings_its_own_evidence(connection: AsyncConnection, tmp_path: Path) -> None:
    header = (
        "phone,consent_marketing,Consent wording,consent_wording_version,consent_ip,proof,consent_user_agent\n"
    )
    row = f'{NUMBER},yes,"Yes, send me offers.",7,192.0.2.17,form 1107,\n'
    rules = ImportRules(method="web_form", source="shop", columns={"consent_proof": "proof"})
    await import_text(connection, tmp_path, header + row, rules=rules)
    (entry,) = await ledger(connection, NUMBER)
    assert {
        "action": "opt_in",
        "wording": "Yes, send me offers.",
        "wording_version": "7",
        "ip": "192.0.2.17",
        "user_agent": None,
        "proof": "form 1107",
        "evidence": {"file": "people.csv", "line": 2},
    }.items() <= entry.items()
    assert (await contact(connection, NUMBER))["attributes"] == {}


async def test_the_evidence_is_that_of_the_row_that_counts(connection: AsyncConnection, tmp_path: Path) -> None:
    header = "phone,consent_marketing,consent_proof\n"
    await import_text(
        connection, tmp_path, f"{header}{NUMBER},no,a call\n{NUMBER},yes,a form\n{NUMBER},,a mistake\n"
    )
    (entry,) = await ledger(connection, NUMBER)
    assert (entry["action"], entry["proof"]) == ("opt_out", "a call")


async def test_what_a_row_does_not_say_the_import_does(connection: AsyncConnection, tmp_path: Path) -> None:
    await import_text(connection, tmp_path, YES)
    (entry,) = await ledger(connection, NUMBER)
    assert (entry["source"], entry["given_at"]) == ("newsletter form", NOW)


async def test_a_blank_answer_says_nothing(connection: AsyncConnection, tmp_path: Path) -> None:
    report = await import_text(connection, tmp_path, f"{HEADER}{NUMBER},,2024-05-01,shop\n")
    assert report.consents == ConsentCounts()
    assert await marketing_state(connection, NUMBER) is None


async def test_a_no_is_an_opt_out_known_through_the_file(connection: AsyncConnection, tmp_path: Path) -> None:
    report = await import_text(connection, tmp_path, NO)
    assert report.consents == ConsentCounts(opted_out=1)
    (entry,) = await ledger(connection, NUMBER)
    assert (entry["state_before"], entry["state_after"], entry["method"]) == ("unknown", "opted_out", "import")
    kept = (await connection.execute(text("SELECT state, before_opt_out, opt_out_method FROM consents"))).one()
    assert tuple(kept) == ("opted_out", "unknown", "import")


async def test_a_no_ends_a_consent_and_a_start_does_not_bring_it_back(
    connection: AsyncConnection, organization_id: UUID, tmp_path: Path
) -> None:
    await import_text(connection, tmp_path, YES)
    report = await import_text(connection, tmp_path, NO)
    assert report.consents == ConsentCounts(opted_out=1)
    assert [entry["state_before"] for entry in await ledger(connection, NUMBER)] == ["unknown", "opted_in"]
    await start(connection, organization_id=organization_id, phone=NUMBER, message_sid=SID, now=NOW)
    assert await marketing_state(connection, NUMBER) == "opted_out"


@pytest.mark.parametrize("content", [pytest.param(YES, id="yes"), pytest.param(NO, id="no")])
async def test_importing_again_leaves_no_second_entry(
    connection: AsyncConnection, tmp_path: Path, content: str
) -> None:
    await import_text(connection, tmp_path, content)
    before = await ledger(connection, NUMBER)
    report = await import_text(connection, tmp_path, content)
    assert report.consents == ConsentCounts()
    assert await ledger(connection, NUMBER) == before


async def test_a_yes_never_revives_an_opt_out(
    connection: AsyncConnection, organization_id: UUID, tmp_path: Path
) -> None:
    await import_text(connection, tmp_path, YES)
    await stop(connection, organization_id=organization_id, phone=NUMBER, message_sid=SID, now=NOW)
    before = await ledger(connection, NUMBER)
    report = await import_text(connection, tmp_path, f"{HEADER}{NUMBER},yes,2026-03-01T12:00Z,signed again\n")
    assert report.consents == ConsentCounts(left_opted_out=1)
    assert await marketing_state(connection, NUMBER) == "opted_out"
    assert await ledger(connection, NUMBER) == before


async def test_a_yes_never_revives_an_imported_no(connection: AsyncConnection, tmp_path: Path) -> None:
    await import_text(connection, tmp_path, NO)
    report = await import_text(connection, tmp_path, YES)
    assert report.consents == ConsentCounts(left_opted_out=1)
    assert await marketing_state(connection, NUMBER) == "opted_out"


async def test_after_stop_and_start_with_nothing_known_a_yes_counts(
    connection: AsyncConnection, organization_id: UUID, tmp_path: Path
) -> None:
    await stop(connection, organization_id=organization_id, phone=NUMBER, message_sid=SID, now=NOW)
    await start(connection, organization_id=organization_id, phone=NUMBER, message_sid=SID, now=NOW)
    report = await import_text(connection, tmp_path, YES)
    assert report.consents == ConsentCounts(opted_in=1)
    assert await marketing_state(connection, NUMBER) == "opted_in"


@pytest.mark.parametrize(
    ("answers", "state", "line"),
    [
        pytest.param(["yes", "yes"], "opted_in", 3, id="the last yes"),
        pytest.param(["yes", ""], "opted_in", 2, id="a blank takes nothing back"),
        pytest.param(["no", "yes"], "opted_out", 2, id="no before yes"),
        pytest.param(["yes", "no", "yes"], "opted_out", 3, id="no among yes"),
        pytest.param(["", ""], None, None, id="nothing"),
    ],
)
async def test_rows_of_one_number_are_read_as_the_most_careful(
    connection: AsyncConnection, tmp_path: Path, answers: list[str], state: str | None, line: int | None
) -> None:
    rows = "".join(f"{NUMBER},{answer},,row {at}\n" for at, answer in enumerate(answers, 2))
    await import_text(connection, tmp_path, HEADER + rows)
    assert await marketing_state(connection, NUMBER) == state
    entries = await ledger(connection, NUMBER)
    assert [(entry["evidence"], entry["source"]) for entry in entries] == (
        [({"file": "people.csv", "line": line}, f"row {line}")] if state else []
    )


@pytest.mark.parametrize(
    "rules",
    [
        pytest.param(ImportRules(), id="neither"),
        pytest.param(ImportRules(method="web_form"), id="no source"),
        pytest.param(ImportRules(source="newsletter form"), id="no method"),
    ],
)
async def test_a_yes_without_evidence_refuses_the_file(
    connection: AsyncConnection, tmp_path: Path, rules: ImportRules
) -> None:
    with pytest.raises(ImportRefused, match=r"line 3 says yes .*--consent-method and --consent-source"):
        await import_text(connection, tmp_path, f"{HEADER}+442079460123,,,\n{NUMBER},yes,,\n", rules=rules)


async def test_a_no_needs_no_evidence(connection: AsyncConnection, tmp_path: Path) -> None:
    report = await import_text(connection, tmp_path, NO, rules=ImportRules())
    assert report.consents == ConsentCounts(opted_out=1)


async def test_a_stop_that_arrives_during_an_import_wins(committed: AsyncEngine, tmp_path: Path) -> None:
    """The STOP is committed while the import waits for it with the same rows in hand."""
    path = tmp_path / "people.csv"
    path.write_text(f"{YES}+442079460123,yes,,\n")
    async with committed.connect() as stopping, stopping.begin() as transaction:
        organization_id = (await stopping.execute(text("SELECT id FROM organizations"))).scalar_one()
        await stop(stopping, organization_id=organization_id, phone=NUMBER, message_sid=SID, now=NOW)
        importing = asyncio.create_task(
            import_file(committed, path, ContactsFile(WITH_EVIDENCE, NOW), organization="default")
        )
        done, _ = await asyncio.wait([importing], timeout=1)
        assert not done
        await transaction.commit()
    report = await importing
    assert report.consents == ConsentCounts(opted_in=1, left_opted_out=1)
    async with committed.connect() as connection:
        assert await marketing_state(connection, NUMBER) == "opted_out"
        assert await marketing_state(connection, "+442079460123") == "opted_in"
