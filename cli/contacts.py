"""`tidings contacts …`: the people to write to."""

from pathlib import Path
from typing import Annotated, Literal

import typer

from cli.organization_option import Organization

app = typer.Typer(name="contacts", help="The people to write to.", no_args_is_help=True)


@app.callback()
def contacts() -> None:
    """The people to write to."""


@app.command("import")
def import_(
    file: Annotated[Path, typer.Argument(help="A CSV file; the first line names its columns.")],
    *,
    organization: Organization = "default",
    default_region: Annotated[
        str | None,
        typer.Option(help="Country (US, GB …) of numbers without one [default: the organization's]."),
    ] = None,
    consent_method: Annotated[
        Literal["import", "web_form", "verbal", "written", "api"] | None,
        typer.Option(help="How every yes in the file was given."),
    ] = None,
    consent_source: Annotated[
        str | None, typer.Option(help="Where it was given: the form, event or system; kept as evidence.")
    ] = None,
    accept: Annotated[
        Literal["valid", "possible"],
        typer.Option(help="`possible` lets in numbers of the right length that no numbering plan has."),
    ] = "valid",
    columns: Annotated[
        list[str] | None,
        typer.Option("--map", metavar="NAME=COLUMN", help="The column that holds a field, e.g. phone=Mobile."),
    ] = None,
    encoding: Annotated[
        str | None, typer.Option(help="Where the file is neither UTF-8 nor UTF-16, e.g. cp1252.")
    ] = None,
    refused: Annotated[
        Path | None, typer.Option(help="Where refused rows are written [default: beside FILE].")
    ] = None,
    as_json: Annotated[bool, typer.Option("--json", help="Print one JSON object.")] = False,
) -> None:
    """Import contacts from a CSV file; good rows are kept, refused ones written beside it with their reason.

    Columns: phone, first_name, last_name, email, country, locale, timezone, tags (with ; between them),
    consent_marketing (yes, no or blank), consent_at, consent_source; any other becomes an attribute.
    Nobody who opted out is opted in again. The whole file is read before anything is saved. An import that is
    interrupted while it saves is completed by importing the file again.

    Example: `tidings contacts import people.csv --consent-method web_form --consent-source "newsletter form"`
    """
    from cli.import_run import run_import  # noqa: PLC0415  # `tidings --help` must be quick
    from cli.import_summary import show  # noqa: PLC0415
    from cli.output import print_json  # noqa: PLC0415
    from models.imports.rules import ImportRules  # noqa: PLC0415

    rules = ImportRules(
        region=default_region,
        accept=accept,
        method=consent_method,
        source=consent_source,
        columns=_mapping(columns or []),
        encoding=encoding,
        refused=refused,
    )
    report = run_import(file, organization=organization, rules=rules)
    if as_json:
        print_json(report.model_dump(mode="json"))
    else:
        show(report)


def _mapping(columns: list[str]) -> dict[str, str]:
    pairs = [column.partition("=") for column in columns]
    for name, _, column in pairs:
        if not name.strip() or not column.strip():
            raise typer.BadParameter("write NAME=COLUMN, e.g. --map phone=Mobile.", param_hint="--map")
    return {name.strip(): column.strip() for name, _, column in pairs}
