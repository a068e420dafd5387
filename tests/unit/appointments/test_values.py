"""What a text says of an appointment: as the place's clock shows it and the person's language writes it."""

from datetime import UTC, datetime
from typing import Any

import pytest

from messaging.segments import check
from messaging.templates import compile_checked
from models.appointments.values import appointment_values

START = datetime(2027, 3, 14, 18, 5, tzinfo=UTC)
ROW = {
    "appointment_starts_at": START,
    "appointment_timezone": "America/New_York",
    "appointment_place": "Room 2",
    "appointment_kind": "checkup",
    "appointment_external_id": "A-1",
    "appointment_attributes": {"doctor": "Dr Reyes", "time": "never"},
    "locale": None,
    "country": None,
}

WRITTEN: list[tuple[str, dict[str, Any], list[str]]] = [
    ("nothing is known", {}, ["Sunday", "March 14", "2:05 PM"]),
    ("British, by the country", {"country": "GB"}, ["Sunday", "14 March", "14:05"]),
    ("English in Germany, of unknown language", {"country": "DE"}, ["Sunday", "14 March", "14:05"]),
    ("German", {"locale": "de", "country": "US"}, ["Sonntag", "14. März", "14:05"]),
    ("Canadian French", {"locale": "fr-CA"}, ["dimanche", "14 mars", "14 h 05"]),
    ("a language that is none", {"locale": "xx", "country": "US"}, ["Sunday", "March 14", "2:05 PM"]),
    ("in another zone", {"appointment_timezone": "Asia/Kathmandu"}, ["Sunday", "March 14", "11:50 PM"]),
]


@pytest.mark.parametrize(("known", "said"), [each[1:] for each in WRITTEN], ids=[each[0] for each in WRITTEN])
def test_date_and_time(known: dict[str, Any], said: list[str]) -> None:
    values = appointment_values({**ROW, **known})
    assert [values[name] for name in ("weekday", "date", "time")] == said


def test_attributes_are_there_and_a_field_wins() -> None:
    values = appointment_values(ROW)
    assert (values["doctor"], values["place"], values["kind"]) == ("Dr Reyes", "Room 2", "checkup")
    assert values["external_id"] == "A-1"
    assert values["time"] == "2:05 PM"


def test_a_text_of_it_is_one_short_message() -> None:
    """The narrow space that locales put before PM would cost the whole text its alphabet."""
    template = compile_checked("{{ appointment.weekday }}, {{ appointment.date }}, {{ appointment.time }}")
    text = template.render({"appointment": appointment_values(ROW)})
    assert text == "Sunday, March 14, 2:05 PM"
    assert check(text).encoding == "GSM-7"
