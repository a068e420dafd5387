"""What `tidings policy …` does."""

import asyncio
import getpass
from pathlib import Path

import typer

from cli.database import open_database
from cli.output import print_json
from models.columns import utc_now
from models.organizations import find_organization
from models.policy.definition import Policy, parse
from models.policy.spelled import plain_values, spell_out
from models.policy.store import StoredPolicy, set_policy, stored_policy
from models.yaml_source import read_text


def show_policy(*, organization: str, as_json: bool) -> None:
    """Prints the policy. Raises `NoSuchOrganization`, and what `open_database` does."""
    stored = asyncio.run(_stored(organization))
    typer.echo(_origin(stored), err=True)
    version = stored.version if stored else 0
    _print(stored.policy if stored else Policy(), as_json=as_json, version=version)


def check_file(file: Path, *, as_json: bool) -> None:
    """Prints what the file means. Raises `UnreadableFile`, `DefinitionError`, `HoursRefused`."""
    policy = _checked(read_text(file), file)
    _remark(policy)
    _print(policy, as_json=as_json)


def set_file(file: Path, *, organization: str, as_json: bool) -> None:
    """Stores the policy. Raises as `check_file` and `show_policy`."""
    written = read_text(file)
    policy = _checked(written, file)
    _remark(policy)
    version = asyncio.run(_set(written, organization))
    if as_json:
        print_json({"version": version, "policy": plain_values(policy)})
        return
    typer.echo(f"This is the policy from now on, version {version}; `tidings policy show` spells it out.")


def _checked(written: str, file: Path) -> Policy:
    policy = parse(written, where=str(file))
    policy.quiet_hours.check()
    return policy


def _remark(policy: Policy) -> None:
    """What the policy allows knowingly, told each time."""
    for sentence in (*policy.quiet_hours.loosened(), *policy.consent.loosened(), *policy.caps.loosened()):
        typer.echo(sentence, err=True)


def _print(policy: Policy, *, as_json: bool, version: int | None = None) -> None:
    if as_json:
        numbered = {} if version is None else {"version": version}
        print_json({**numbered, "policy": plain_values(policy)})
    else:
        typer.echo(spell_out(policy).rstrip("\n"))


def _origin(stored: StoredPolicy | None) -> str:
    if stored is None:
        return "Nothing was set: all of this is the default."
    return f"Version {stored.version}, set by {stored.actor} on {stored.updated_at:%Y-%m-%d at %H:%M} UTC."


async def _stored(organization: str) -> StoredPolicy | None:
    async with open_database(application="policy show") as (_, engine), engine.connect() as connection:
        return await stored_policy(connection, (await find_organization(connection, organization)).id)


async def _set(written: str, organization: str) -> int:
    async with open_database(application="policy set") as (_, engine), engine.begin() as connection:
        owner = (await find_organization(connection, organization)).id
        actor = f"person:{getpass.getuser()}"
        return await set_policy(connection, owner, written, actor=actor, now=utc_now())
