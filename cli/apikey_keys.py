"""Keys of the JSON API, made, shown and ended."""

import asyncio
from collections.abc import Sequence
from datetime import UTC, datetime

from rich.table import Table

from cli.database import open_database, stack_settings
from cli.output import people, print_json, results
from messaging.errors import TidingsError
from models.api_keys.keeping import KeyLine, create_key, list_keys, revoke_key
from models.api_keys.scopes import read_scopes
from models.api_keys.secret import Secret
from models.columns import utc_now
from models.organizations import find_organization


class AlreadyOver(TidingsError):
    """A key that would have expired before it was made."""


def make_key(
    scopes: Sequence[str],
    *,
    organization: str,
    name: str,
    expires: datetime | None,
    rate: float | None,
    as_json: bool,
) -> None:
    """Prints a new key. Raises `NoSuchScope`, `NoSuchOrganization`, `AlreadyOver` and `open_database`'s errors."""
    stack_settings()  # its business time
    expires_at = expires.replace(tzinfo=expires.tzinfo or UTC) if expires else None
    if expires_at is not None and expires_at <= utc_now():
        raise AlreadyOver(f"{expires_at.isoformat()} is over; give a later time to --expires.")
    allowed = read_scopes(scopes)

    async def make() -> Secret:
        async with open_database(application="apikey create") as (_, engine), engine.begin() as connection:
            return await create_key(
                connection,
                organization_id=(await find_organization(connection, organization)).id,
                scopes=allowed,
                name=name,
                requests_per_second=rate,
                expires_at=expires_at,
                now=utc_now(),
            )

    secret = asyncio.run(make())
    if as_json:
        print_json({"key": secret.text, "prefix": secret.prefix, "organization": organization})
        return
    people().print("This is shown only once; keep it where secrets are kept.")
    results().print(secret.text)


def show_keys(*, organization: str, as_json: bool) -> None:
    """Prints the organization's keys. Raises `NoSuchOrganization`, and what `open_database` does."""
    lines = asyncio.run(_read(organization))
    now = utc_now()
    if as_json:
        print_json({"keys": [line.to_json(now) for line in lines]})
        return
    table = Table("Prefix", "Name", "Scopes", "State", "Last used", "Expires")
    for line in lines:
        used, ends = _day(line.last_used_at), _day(line.expires_at)
        table.add_row(line.prefix, line.name, ", ".join(line.scopes), line.state(now), used, ends)
    results().print(table)


def end_key(reference: str, *, organization: str, as_json: bool) -> None:
    """Revokes a key. Raises `NoSuchKey`, `NoSuchOrganization`, and what `open_database` does."""

    async def revoke() -> str:
        async with open_database(application="apikey revoke") as (_, engine), engine.begin() as connection:
            organization_id = (await find_organization(connection, organization)).id
            return await revoke_key(connection, reference, organization_id=organization_id, now=utc_now())

    prefix = asyncio.run(revoke())
    if as_json:
        print_json({"prefix": prefix, "state": "revoked"})
        return
    results().print(f"Key {prefix} is revoked.")


async def _read(organization: str) -> Sequence[KeyLine]:
    async with open_database(application="apikey list") as (_, engine), engine.connect() as connection:
        return await list_keys(connection, (await find_organization(connection, organization)).id)


def _day(moment: datetime | None) -> str:
    return moment.strftime("%Y-%m-%d %H:%M") if moment else ""
