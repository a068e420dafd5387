"""What `tidings replies …` does."""

import asyncio
from dataclasses import asdict
from pathlib import Path
from uuid import UUID

import typer
from sqlalchemy.ext.asyncio import AsyncConnection

from cli.database import open_database
from cli.output import print_json
from models.campaigns.store import attribute_names
from models.columns import utc_now
from models.organizations import find_organization
from models.replies.contact_values import contact_values
from models.replies.definition import parse
from models.replies.rules import ReplyRules
from models.replies.store import load_rules, remove_rules, save_rules
from models.replies.trying import Trial, try_out
from models.surveys.store import list_surveys
from models.yaml_source import read_text


def load_file(file: Path, *, organization: str, as_json: bool) -> None:
    """Checks and stores the rules. Raises `UnreadableFile`, `DefinitionError`, `NoSuchOrganization`."""
    rules, missing = asyncio.run(_load(file, organization=organization))
    if as_json:
        words = [list(rule.words) for rule in rules.rules]
        print_json({"rules": words, "default": rules.default is not None, "missing_surveys": missing})
        return
    count = len(rules.rules)
    typer.echo(f"Loaded {count} rule{'' if count == 1 else 's'}; try one with `tidings replies try TEXT`.")
    for name in missing:
        typer.echo(f'There is no survey "{name}" yet; load it with `tidings surveys load FILE`.', err=True)


def show_rules(*, organization: str, as_json: bool) -> None:
    """Prints the rules. Raises `NoRules`, `NoSuchOrganization`."""
    source = asyncio.run(_show(organization))
    if as_json:
        print_json({"source": source})
    else:
        typer.echo(source.rstrip("\n"))


def try_text(
    text: str, *, file: Path | None, channel: str, contact: int | None, organization: str, as_json: bool
) -> None:
    """Prints what would be answered. Raises as `load_file`, and `NoRules`, `NoSuchContact`."""
    trial = asyncio.run(_try(text, file=file, channel=channel, contact=contact, organization=organization))
    if as_json:
        print_json({**asdict(trial), "texts": list(trial.texts)})
        return
    typer.echo(f"It {trial.does}.", err=True)
    for said in trial.texts:
        typer.echo(said)


def remove_loaded(*, organization: str) -> None:
    """Takes the rules away. Raises `NoSuchOrganization`."""
    gone = asyncio.run(_remove(organization))
    typer.echo("The rules are gone." if gone else "There were no rules.", err=True)


async def _load(file: Path, *, organization: str) -> tuple[ReplyRules, list[str]]:
    text = read_text(file)
    written = parse(text, where=str(file))
    async with open_database(application="replies load") as (_, engine), engine.begin() as connection:
        organization_id = (await find_organization(connection, organization)).id
        rules = written.checked(await attribute_names(connection, organization_id))
        await save_rules(connection, organization_id, text, now=utc_now())
        known = {line.name for line in await list_surveys(connection, organization_id=organization_id)}
        missing = [rule.survey for rule in rules.rules if rule.survey and rule.survey not in known]
        return rules, missing


async def _show(organization: str) -> str:
    async with open_database(application="replies show") as (_, engine), engine.connect() as connection:
        return await load_rules(connection, (await find_organization(connection, organization)).id)


async def _try(text: str, *, file: Path | None, channel: str, contact: int | None, organization: str) -> Trial:
    async with open_database(application="replies try") as (_, engine), engine.connect() as connection:
        found = await find_organization(connection, organization)
        rules = await _rules(connection, found.id, file)
        values = await contact_values(connection, found.id, contact)
        return try_out(rules, text, channel=channel, values={**values, "identity": rules.identity or found.name})


async def _rules(connection: AsyncConnection, organization_id: UUID, file: Path | None) -> ReplyRules:
    if file is None:
        return parse(await load_rules(connection, organization_id), where="the loaded rules").rules
    return parse(read_text(file), where=str(file)).checked(await attribute_names(connection, organization_id))


async def _remove(organization: str) -> bool:
    async with open_database(application="replies remove") as (_, engine), engine.begin() as connection:
        return await remove_rules(connection, (await find_organization(connection, organization)).id)
