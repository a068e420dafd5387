"""`tidings contacts …`: the people to write to."""

import typer

from cli.contacts_reach import reach, unreachable
from cli.contacts_rights import erase, erasures, export
from cli.import_options import (
    Accept,
    AsJson,
    Columns,
    ConsentMethod,
    ConsentSource,
    DefaultRegion,
    Encoding,
    File,
    Refused,
    columns_of,
)
from cli.organization_option import Organization

app = typer.Typer(name="contacts", help="The people to write to.", no_args_is_help=True)


@app.callback()
def contacts() -> None:
    """The people to write to."""


@app.command("import")
def import_(
    file: File,
    *,
    organization: Organization = "default",
    default_region: DefaultRegion = None,
    consent_method: ConsentMethod = None,
    consent_source: ConsentSource = None,
    accept: Accept = "valid",
    columns: Columns = None,
    encoding: Encoding = None,
    refused: Refused = None,
    as_json: AsJson = False,
) -> None:
    """Import contacts from a CSV file; good rows are kept, refused ones written beside it with their reason.

    Columns: phone, first_name, last_name, email, country, locale, timezone, postcode, region (like US-FL), tags
    (with ; between them), consent_marketing (yes, no or blank), consent_at, consent_source, and in proof of it
    consent_wording, consent_wording_version, consent_ip, consent_user_agent, consent_proof; any other becomes an
    attribute.
    Nobody who opted out is opted in again. The whole file is read before anything is saved. An import that is
    interrupted while it saves is completed by importing the file again.

    Example: `tidings contacts import people.csv --consent-method web_form --consent-source "newsletter form"`
    """
    from cli.import_run import import_and_show  # noqa: PLC0415  # `tidings --help` must be quick
    from models.imports.rules import ImportRules  # noqa: PLC0415

    rules = ImportRules(
        region=default_region,
        accept=accept,
        method=consent_method,
        source=consent_source,
        columns=columns_of(columns),
        encoding=encoding,
        refused=refused,
    )
    import_and_show(file, organization=organization, rules=rules, as_json=as_json)


app.command("unreachable")(unreachable)
app.command("reach")(reach)
app.command("export")(export)
app.command("erase")(erase)
app.command("erasures")(erasures)
