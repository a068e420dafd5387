"""Appointments as other systems book and change them: each with a person, and with a result of its own."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Literal, cast
from uuid import UUID

from sqlalchemy import text
from sqlalchemy.ext.asyncio import AsyncConnection

from messaging.phone_refusals import PhoneRefused
from messaging.phones import Phone, parse
from models.appointments.changing import Change, Changed, apply_changes
from models.appointments.people import contacts_of
from models.contacts import NoSuchContact
from models.rights.suppressed import PersonErased, erased_among

_REGION = text("SELECT default_region FROM organizations WHERE id = :id")
_OWN = text("""
    SELECT id FROM contacts WHERE organization_id = :organization_id AND id = ANY(CAST(:ids AS bigint[]))
    ORDER BY id FOR KEY SHARE
""")

Person = int | str
"""The id of a contact, or a phone number as it was written."""

INCOMPLETE = "A new appointment needs a contact_id or phone, a start and a time zone."


@dataclass(frozen=True, slots=True)
class Booking:
    """What is named of one appointment, and of whom it is; None leaves the person of one that is there."""

    change: Change
    person: Person | None = None


@dataclass(frozen=True, slots=True)
class Booked:
    """What became of one booking: `id` and `state` are None for one that was refused, with the reason."""

    external_id: str
    outcome: Literal["new", "changed", "unchanged", "refused"]
    id: int | None = None
    state: str | None = None
    reason: str | None = None


async def book_many(
    connection: AsyncConnection, organization_id: UUID, bookings: Sequence[Booking], *, now: datetime, actor: str
) -> list[Booked]:
    """Makes and changes appointments; what is wrong with one does not hold up the others. In the order given.

    Of several bookings of one appointment only the first is taken. Contacts are found or made by number; nobody
    consents to anything by it. Raises `HashKeyLost`.
    """
    people = await _people(connection, organization_id, {each.person for each in bookings} - {None}, now=now)
    refused: dict[int, str] = {}
    changes: dict[str, Change] = {}
    for place, booking in enumerate(bookings):
        external_id = booking.change["external_id"]
        person = people.get(booking.person) if booking.person is not None else None
        if isinstance(person, str):
            refused[place] = person
        elif external_id in changes:
            refused[place] = "This external_id comes twice; only the first was taken."
        else:
            own = {} if person is None else {"contact_id": person}
            changes[external_id] = cast("Change", {**booking.change, **own})
    made = await apply_changes(connection, organization_id, list(changes.values()), now=now, actor=actor)
    done = {each.external_id: each for each in made}
    return [_booked(each.change["external_id"], refused.get(place), done) for place, each in enumerate(bookings)]


def _booked(external_id: str, reason: str | None, done: Mapping[str, Changed]) -> Booked:
    changed = done.get(external_id)
    if reason is not None or changed is None:
        return Booked(external_id, "refused", reason=reason or INCOMPLETE)
    return Booked(external_id, changed.outcome, changed.id, changed.state)


async def _people(
    connection: AsyncConnection, organization_id: UUID, asked: set[Person | None], *, now: datetime
) -> dict[Person, int | str]:
    """The contact id of each person, or why there is none."""
    numbers = await _numbers(connection, organization_id, {each for each in asked if isinstance(each, str)})
    phones = {phone.e164: phone for phone in numbers.values() if isinstance(phone, Phone)}
    erased = await erased_among(connection, phones, organization_id=organization_id)
    rows = [_row(phone) for phone in phones.values() if phone.e164 not in erased]
    contacts = await contacts_of(connection, rows, organization_id=organization_id, now=now) if rows else {}
    by_number: dict[Person, int | str] = {
        written: phone if isinstance(phone, str) else contacts.get(phone.e164, str(PersonErased()))
        for written, phone in numbers.items()
    }
    ids = [each for each in asked if isinstance(each, int)]
    found = await connection.execute(_OWN, {"organization_id": organization_id, "ids": ids})
    own = set(found.scalars())
    return {**by_number, **{each: each if each in own else str(NoSuchContact()) for each in ids}}


async def _numbers(
    connection: AsyncConnection, organization_id: UUID, written: set[str]
) -> dict[str, Phone | str]:
    region = (await connection.execute(_REGION, {"id": organization_id})).scalar_one() if written else None
    return {each: _read(each, region) for each in written}


def _read(written: str, region: str | None) -> Phone | str:
    try:
        return parse(written, region=region)
    except PhoneRefused as refused:
        return str(refused)


def _row(phone: Phone) -> dict[str, str | None]:
    return {
        "phone": phone.e164,
        "first_name": None,
        "last_name": None,
        "country": phone.country,
        "locale": None,
    }
