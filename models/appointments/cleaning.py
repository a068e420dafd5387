"""A chunk of a file of appointments made clean: rows to import, rows to refuse with the reason."""

import json
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from messaging.phones import Phone
from models.appointments.file_columns import COLUMNS, StagedAppointment
from models.appointments.starts import read_start
from models.appointments.tables import AppointmentState
from models.imports.details import read_locale, read_timezone
from models.imports.faults import Fault, Refusal, Warned
from models.imports.frame import frame_of
from models.imports.header import Header
from models.imports.numbers import read_numbers
from models.imports.rules import Accept
from models.imports.table import Chunk

_LONGEST = 200
"""Characters of an external id, a kind or a place."""


@dataclass(frozen=True, slots=True)
class CleanAppointments:
    """What a chunk comes to; `mentioned` are the external ids of refused rows, which the file holds too."""

    rows: list[StagedAppointment]
    refusals: list[Refusal]
    warnings: list[Warned]
    mentioned: list[str]


def clean_appointments(
    chunk: Chunk, *, header: Header, region: str, accept: Accept, timezone: str | None
) -> CleanAppointments:
    """Judges every row. `region` is for numbers without a country, `timezone` for rows without a zone."""
    cells = frame_of(chunk.rows, header=header, known=COLUMNS.names)
    phones = read_numbers(cells["phone"], cells["country"], region=region, accept=accept)
    clean = CleanAppointments([], list(chunk.refusals), [], [])
    for line, written, phone, values in zip(chunk.lines, chunk.rows, phones, _rows(cells, header), strict=True):
        row = _judged(line, phone, values, timezone)
        if isinstance(row, Fault):
            clean.refusals.append(Refusal(line, written, row))
            clean.mentioned.extend([values["external_id"]] if values["external_id"] else [])
            continue
        clean.rows.append(row)
        if values["locale"] and not row.locale:
            fault = Fault("locale", "This is not a locale such as en-GB; it was left out.", values["locale"])
            clean.warnings.append(Warned(line, "locale", fault))
    clean.refusals.sort(key=lambda refusal: refusal.line)
    return clean


def _rows(cells: Any, header: Header) -> Iterator[dict[str, Any]]:
    """Each row's known fields by name, and its attributes as a map."""
    known = [cells[name].tolist() for name in COLUMNS.names]
    others = [cells[position].tolist() for position in header.attributes.values()]
    attributes: Sequence[tuple[Any, ...]] = list(zip(*others, strict=True)) or [()] * len(cells)
    for values, own in zip(zip(*known, strict=True), attributes, strict=True):
        named = dict(zip(header.attributes, own, strict=True))
        yield {
            **dict(zip(COLUMNS.names, values, strict=True)),
            "attributes": {name: value for name, value in named.items() if value is not None},
        }


def _judged(
    line: int, phone: Phone | Fault, row: Mapping[str, Any], timezone: str | None
) -> StagedAppointment | Fault:
    if fault := _unusable(row):
        return fault
    if isinstance(phone, Fault):
        return phone
    zone = read_timezone(row["timezone"]) if row["timezone"] else timezone
    if isinstance(zone, Fault):
        return Fault("timezone", "This is not a time zone such as Europe/Berlin.", zone.value)
    start = read_start(row["starts_at"], zone)
    if isinstance(start, Fault):
        return start
    if zone is None:
        reason = "This row names no time zone; add a column timezone, or name one (--timezone)."
        return Fault("timezone", reason, row["starts_at"])
    state = _state(row["state"])
    return state if isinstance(state, Fault) else _staged(line, phone, row, start, zone, state)


def _unusable(row: Mapping[str, Any]) -> Fault | None:
    if not row["external_id"]:
        return Fault("no_external_id", "The row does not say which appointment it is.", "")
    if not row["starts_at"]:
        return Fault("no_start", "The row does not say when the appointment starts.", "")
    for name in ("external_id", "kind", "place"):
        if row[name] and len(row[name]) > _LONGEST:
            return Fault("too_long", f"The {name} is longer than {_LONGEST} characters.", row[name])
    return None


def _state(raw: str | None) -> str | Fault | None:
    if raw is None:
        return None
    word = raw.casefold().replace(" ", "_").replace("-", "_").replace("cancelled", "canceled")
    if word in set(AppointmentState):
        return word
    return Fault("state", f"This is no state of an appointment; write one of {', '.join(AppointmentState)}.", raw)


def _staged(
    line: int, phone: Phone, row: Mapping[str, Any], start: datetime, zone: str, state: str | None
) -> StagedAppointment:
    given, _, family = (row["name"] or "").rpartition(" ")
    locale = read_locale(row["locale"]) if row["locale"] else None
    return StagedAppointment(
        line=line,
        external_id=row["external_id"],
        phone=phone.e164,
        first_name=row["first_name"] or given or family or None,
        last_name=row["last_name"] or (family if given else None),
        country=phone.country,
        locale=None if isinstance(locale, Fault) else locale,
        starts_at=start,
        timezone=zone,
        kind=row["kind"],
        place=row["place"],
        state=state,
        attributes=json.dumps(row["attributes"]),
    )
