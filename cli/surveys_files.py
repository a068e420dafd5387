"""`tidings surveys load`, `list` and `show`: a file becomes a survey, or is refused whole."""

import asyncio
from pathlib import Path

import typer
from rich.table import Table

from cli.database import open_database
from cli.output import print_json, results
from messaging.surveys.definition import SURVEY_JSON
from models.campaigns.store import attribute_names
from models.columns import utc_now
from models.organizations import find_organization
from models.surveys.definition import parse
from models.surveys.store import StoredSurvey, SurveyLine, add_survey, list_surveys, newest_survey
from models.yaml_source import read_text


def load_survey(file: Path, *, organization: str, as_json: bool) -> None:
    """Stores the survey of a file and prints its version.

    Raises `UnreadableFile`, `DefinitionError`, `NoSuchOrganization`, and what `open_database` does.
    """
    stored = asyncio.run(_load(file, organization))
    if as_json:
        print_json({"id": str(stored.id), "name": stored.survey.name, "version": stored.version})
        return
    steps = len(stored.survey.steps)
    results().print(f'Survey "{stored.survey.name}", version {stored.version}, {steps} steps.')


async def _load(file: Path, organization: str) -> StoredSurvey:
    text = read_text(file)
    written = parse(text, where=str(file))
    async with open_database(application="surveys load") as (_, engine), engine.begin() as connection:
        organization_id = (await find_organization(connection, organization)).id
        survey = written.checked(await attribute_names(connection, organization_id))
        return await add_survey(connection, survey, organization_id=organization_id, source=text, now=utc_now())


def show_surveys(*, organization: str, as_json: bool) -> None:
    """Prints the organization's surveys by name."""
    lines = asyncio.run(_list(organization))
    if as_json:
        print_json({"surveys": [_to_json(line) for line in lines]})
        return
    table = Table("Name", "Version", "Steps", "Under way", "Finished")
    for line in lines:
        table.add_row(line.name, *(f"{number:,}" for number in (line.version, line.steps)), *_people(line))
    results().print(table)


def _people(line: SurveyLine) -> tuple[str, str]:
    return f"{line.active:,}", f"{line.finished:,}"


async def _list(organization: str) -> list[SurveyLine]:
    async with open_database(application="surveys list") as (_, engine), engine.connect() as connection:
        organization_id = (await find_organization(connection, organization)).id
        return list(await list_surveys(connection, organization_id=organization_id))


def _to_json(line: SurveyLine) -> dict[str, str | int]:
    return {
        "name": line.name,
        "version": line.version,
        "steps": line.steps,
        "active": line.active,
        "finished": line.finished,
        "created_at": line.created_at.isoformat(),
    }


def show_survey(name: str, *, organization: str, as_json: bool) -> None:
    """Prints a survey's file. Raises `NoSuchSurvey`."""
    stored = asyncio.run(_newest(name, organization))
    if as_json:
        definition = SURVEY_JSON.dump_python(stored.survey, mode="json")
        print_json({"id": str(stored.id), "version": stored.version, "definition": definition})
        return
    typer.echo(stored.source.rstrip("\n"))


async def _newest(name: str, organization: str) -> StoredSurvey:
    async with open_database(application="surveys show") as (_, engine), engine.connect() as connection:
        organization_id = (await find_organization(connection, organization)).id
        return await newest_survey(connection, organization_id=organization_id, name=name)
