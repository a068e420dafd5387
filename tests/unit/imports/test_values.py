"""What people write in single cells, and what it means."""

from datetime import UTC, datetime, timedelta, timezone

import pytest

from models.consent.tables import ConsentState
from models.imports.answers import read_answer, read_moment
from models.imports.countries import region_of
from models.imports.details import read_email, read_locale, read_postcode, read_region, read_tags, read_timezone
from models.imports.faults import Fault

NOW = datetime(2026, 3, 1, 12, tzinfo=UTC)


@pytest.mark.parametrize("raw", ["yes", "YES", "y", "true", "1", "1.0", "Ja", "wahr", "oui", "opted_in", "Opt-In"])
def test_yes(raw: str) -> None:
    assert read_answer(raw) is ConsentState.OPTED_IN


@pytest.mark.parametrize(
    "raw", ["no", "No", "n", "FALSE", "0", "nein", "non", "opted_out", "Unsubscribed", "STOP"]
)
def test_no(raw: str) -> None:
    assert read_answer(raw) is ConsentState.OPTED_OUT


@pytest.mark.parametrize("raw", ["maybe", "?", "2", "yes please", "no thanks", "x", "yesno", "-"])
def test_neither(raw: str) -> None:
    fault = read_answer(raw)
    assert isinstance(fault, Fault)
    assert (fault.code, fault.value) == ("consent_unclear", raw)


@pytest.mark.parametrize(
    ("raw", "moment"),
    [
        ("2024-05-01", datetime(2024, 5, 1, tzinfo=UTC)),
        ("20240501", datetime(2024, 5, 1, tzinfo=UTC)),
        ("2024-05-01 10:30", datetime(2024, 5, 1, 10, 30, tzinfo=UTC)),
        ("2024-05-01T10:30:15Z", datetime(2024, 5, 1, 10, 30, 15, tzinfo=UTC)),
        ("2024-05-01T10:30:15.5+02:00", datetime(2024, 5, 1, 8, 30, 15, 500_000, tzinfo=UTC)),
        ("2026-03-02", datetime(2026, 3, 2, tzinfo=UTC)),  # it is already tomorrow somewhere
    ],
)
def test_moments(raw: str, moment: datetime) -> None:
    assert read_moment(raw, now=NOW) == moment


@pytest.mark.parametrize(
    ("raw", "code"),
    [
        ("31.12.2024", "consent_at_unreadable"),
        ("05/06/2024", "consent_at_unreadable"),
        ("2024-02-30", "consent_at_unreadable"),
        ("45413", "consent_at_unreadable"),
        ("2026-03-03", "consent_at_implausible"),
        ("0001-01-01T00:00+14:00", "consent_at_implausible"),
        ("9999-12-31T23:59-12:00", "consent_at_implausible"),
        ("1970-01-01", "consent_at_implausible"),
    ],
)
def test_moments_that_are_none(raw: str, code: str) -> None:
    fault = read_moment(raw, now=NOW)
    assert isinstance(fault, Fault)
    assert fault.code == code


def test_a_moment_is_judged_by_its_own_zone() -> None:
    east = timezone(timedelta(hours=14))
    assert isinstance(read_moment((NOW + timedelta(hours=20)).astimezone(east).isoformat(), now=NOW), datetime)


@pytest.mark.parametrize(
    ("raw", "region"),
    [
        ("DE", "DE"),
        ("de", "DE"),
        ("Germany", "DE"),
        ("UK", "GB"),
        ("U.K.", "GB"),
        ("united  kingdom", "GB"),
        ("USA", "US"),
        ("United States of America", "US"),
        ("Türkiye", "TR"),
        ("Hong Kong", "HK"),
        ("Atlantis", None),
        ("XX", None),
        ("", None),
    ],
)
def test_countries(raw: str, region: str | None) -> None:
    assert region_of(raw) == region


@pytest.mark.parametrize(
    ("read", "raw", "value"),
    [
        (read_email, "ann@example.com", "ann@example.com"),
        (read_email, "Ann.O'Neil+x@mail.example.co.uk", "Ann.O'Neil+x@mail.example.co.uk"),
        (read_email, "jürgen@müller.example", "jürgen@müller.example"),
        (read_locale, "de_DE", "de-DE"),
        (read_locale, "EN-gb", "en-GB"),
        (read_locale, "fr", "fr"),
        (read_timezone, "Europe/Berlin", "Europe/Berlin"),
        (read_timezone, "america/new york", "America/New_York"),
        (read_timezone, "UTC", "UTC"),
        (read_postcode, "80202-1234", "80202-1234"),
        (read_postcode, "sw1a 1aa", "SW1A 1AA"),
        (read_region, "us-fl", "US-FL"),
        (read_region, "FL", "FL"),
        (read_tags, "vip; new ;;vip", ["vip", "new"]),
        (read_tags, ";", []),
    ],
)
def test_details(read: type, raw: str, value: object) -> None:
    assert read(raw) == value


@pytest.mark.parametrize(
    ("read", "raw"),
    [
        (read_email, "ann"),
        (read_email, "ann@example"),
        (read_email, "a@example.com, b@example.com"),
        (read_email, f"{'a' * 250}@example.com"),
        (read_locale, "english"),
        (read_locale, "xx-YY"),
        (read_timezone, "CST/Chicago"),
        (read_postcode, "none!"),
        (read_postcode, "80202 1234 5678"),
        (read_region, "North East"),
        (read_region, "Florida"),
        (read_timezone, "../etc/passwd"),
        (read_tags, "x" * 101),
    ],
)
def test_details_that_are_none(read: type, raw: str) -> None:
    fault = read(raw)
    assert isinstance(fault, Fault)
    assert fault.value == raw
