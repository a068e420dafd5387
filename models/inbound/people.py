"""Who wrote: the contact of an inbound message, made when new, with what Twilio says of the person filled in."""

import json
from datetime import datetime

from sqlalchemy import text
from sqlalchemy.ext.asyncio import AsyncConnection

from messaging.phones import country_of
from models.inbound.ownership import Owner
from models.inbound.payload import InboundMessage
from models.reach.ending import person_wrote
from models.rights.returning import came_before, stay_silent, was_erased

_ONE_AT_A_TIME = text("SELECT pg_advisory_xact_lock(hashtextextended(:person, 0))")

_CONTACT = text("""
    SELECT id, CAST(:channel AS text) = ANY(unreachable_on) AS unreachable FROM contacts
    WHERE organization_id = :organization_id AND phone = :phone
""")

_NEW = text("""
    INSERT INTO contacts (organization_id, phone, country, profile_name, geo, created_at, updated_at)
    VALUES (:organization_id, :phone, :country, :profile_name, CAST(:geo AS jsonb), :now, :now)
    ON CONFLICT (organization_id, phone) DO NOTHING
    RETURNING id
""")

# A row that an import holds is left for the next message: a STOP must not wait for it.
_FILL = text("""
    UPDATE contacts
    SET country = COALESCE(country, :country), profile_name = COALESCE(:profile_name, profile_name),
        geo = CASE WHEN CAST(:geo AS jsonb) = '{}' THEN geo ELSE CAST(:geo AS jsonb) END, updated_at = :now
    WHERE id = ANY(ARRAY(
        SELECT id FROM contacts
        WHERE id = :id AND (country IS NULL AND CAST(:country AS text) IS NOT NULL
            OR profile_name IS DISTINCT FROM COALESCE(:profile_name, profile_name)
            OR CAST(:geo AS jsonb) NOT IN ('{}', geo))
        FOR NO KEY UPDATE SKIP LOCKED))
""")


async def one_at_a_time(connection: AsyncConnection, message: InboundMessage, owner: Owner) -> None:
    """Makes a second message of the same person to the same organization wait until this transaction ends.

    So what is counted and decided for one of them holds: how many replies went out, which survey step is next.
    """
    await connection.execute(_ONE_AT_A_TIME, {"person": f"{owner.organization_id} {message.phone}"})


async def find_or_create_contact(
    connection: AsyncConnection, message: InboundMessage, owner: Owner, *, now: datetime
) -> int | None:
    """The contact with the sender's number, made without a name when new; None for a sender without a number.

    None too for a message that was erased with its person, and comes once more (`models.rights.returning`). Its
    country, as Twilio or else the number tells it, is filled where nobody has said one; place and WhatsApp
    profile are the latest that Twilio said.
    """
    if not message.is_from_person:
        return None
    key = {"organization_id": owner.organization_id, "phone": message.phone, "channel": message.channel}
    said = {
        "country": message.country or country_of(message.phone),
        "profile_name": message.profile_name,
        "geo": json.dumps(message.geo),
        "now": now,
    }
    known = (await connection.execute(_CONTACT, key)).one_or_none()
    if known is not None:
        await connection.execute(_FILL, {**said, "id": known.id})
        if known.unreachable:
            await person_wrote(connection, known.id, channel=message.channel, now=now)
        return int(known.id)
    erased = await was_erased(connection, message.phone, organization_id=owner.organization_id)
    if erased and await came_before(connection, message.twilio_sid):
        return None
    made: int | None = (await connection.execute(_NEW, {**key, **said})).scalar_one_or_none()
    if erased:
        await stay_silent(connection, message.phone, organization_id=owner.organization_id, now=now)
    return made if made is not None else int((await connection.execute(_CONTACT, key)).scalar_one())
