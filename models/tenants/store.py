"""Organizations made and changed by a person; the default one follows the settings instead."""

from datetime import datetime
from uuid import UUID

from sqlalchemy import insert, text, update
from sqlalchemy.ext.asyncio import AsyncConnection
from sqlmodel import col

from models.columns import new_id
from models.organizations import DEFAULT_SLUG, Organization, load_organization
from models.tenants.definition import BadOrganization, Said, check_slug
from models.tenants.senders import change_rate, rate_of_all, set_senders

_NAMED = text("SELECT EXISTS (SELECT FROM organizations WHERE slug = :slug)")

_HOLDER = text("SELECT slug FROM organizations WHERE twilio_account_sid = :account_sid AND id <> :id")

_USER = text("""
    SELECT o.slug, s.address FROM senders s JOIN organizations o ON o.id = s.organization_id
    WHERE s.address = ANY(:addresses) AND o.id <> :id AND s.state <> 'retired' LIMIT 1
""")

_OPEN = text("""
    SELECT count(*) FROM messages
    WHERE organization_id = :id AND state IN ('claimed', 'unknown') AND twilio_sid IS NULL
""")


async def create_organization(
    connection: AsyncConnection, slug: str, said: Said, *, default_rate: float, now: datetime
) -> Organization:
    """A new organization with its senders, at `default_rate` where none was said.

    Raises `BadOrganization`, or `NotAReference` for a secret that is no reference.
    """
    check_slug(slug)
    said.check()
    if (await connection.execute(_NAMED, {"slug": slug})).scalar_one():
        raise BadOrganization(
            f'There is an organization "{slug}" already; change it with `tidings organization set {slug}`.'
        )
    id_ = new_id()
    await _require_own(connection, id_, said)
    values = {"name": slug, "default_region": "US", **_named(said)}
    await connection.execute(insert(Organization).values(id=id_, slug=slug, created_at=now, **values))
    await set_senders(connection, id_, said.senders, rate=said.rate or default_rate)
    return await load_organization(connection, id_)


async def change_organization(
    connection: AsyncConnection, organization: Organization, said: Said, *, default_rate: float
) -> Organization:
    """Changes what was said and leaves the rest. Raises as `create_organization`.

    Another account is refused while an answer of the present one is awaited: only this one can tell of it.
    """
    said.check()
    _require_not_default(organization, said)
    await _require_own(connection, organization.id, said)
    if said.twilio_account_sid not in (None, organization.twilio_account_sid):
        await _require_settled(connection, organization)
    columns = _named(said)
    if columns:
        changed = update(Organization).where(col(Organization.id) == organization.id).values(**columns)
        await connection.execute(changed)
    rate = said.rate or await rate_of_all(connection, organization.id) or default_rate
    await set_senders(connection, organization.id, said.senders, rate=rate)
    if said.rate is not None:
        await change_rate(connection, organization.id, said.rate)
    return await load_organization(connection, organization.id)


def _named(said: Said) -> dict[str, str | None]:
    """An API key without its secret could not be used; one that is taken away takes it along."""
    columns = said.columns()
    if columns.get("api_key_sid", "") is None:
        columns["api_key_secret_ref"] = None
    elif ("api_key_sid" in columns) != ("api_key_secret_ref" in columns):
        raise BadOrganization("An API key and its secret go together; give both, or neither.")
    return columns


def _require_not_default(organization: Organization, said: Said) -> None:
    if organization.slug == DEFAULT_SLUG and said != Said(name=said.name):
        raise BadOrganization(
            "The default organization's account, senders, rate and region come from the settings, such as "
            "TWILIO_ACCOUNT_SID; change them there and restart `tidings up`."
        )


async def _require_own(connection: AsyncConnection, id_: UUID, said: Said) -> None:
    """Webhooks tell organizations apart by account; requests leave from senders of the account."""
    asked = {"id": id_, "account_sid": said.twilio_account_sid}
    holder = (await connection.execute(_HOLDER, asked)).scalar_one_or_none()
    if holder is not None:
        raise BadOrganization(
            f'{said.twilio_account_sid} is the account of organization "{holder}"; '
            "each needs its own, such as a subaccount."
        )
    addresses = [address for _, _, address in said.senders.places()]
    user = (await connection.execute(_USER, {"id": id_, "addresses": addresses})).one_or_none()
    if user is not None:
        raise BadOrganization(f'{user.address} is a sender of organization "{user.slug}"; each needs its own.')


async def _require_settled(connection: AsyncConnection, organization: Organization) -> None:
    waiting = (await connection.execute(_OPEN, {"id": organization.id})).scalar_one()
    if waiting:
        raise BadOrganization(
            f'What became of {waiting:,} message(s) of "{organization.slug}" only its present account can tell; '
            f"run `tidings messages settle --organization {organization.slug}` first."
        )
