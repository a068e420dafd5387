"""`tidings appointments …`: when people are expected, and what became of it."""

from datetime import datetime
from pathlib import Path
from typing import Annotated, Literal

import typer

from cli.days import Day, read_day
from cli.import_options import AsJson, Columns, DefaultRegion, Encoding, File, Refused, columns_of
from cli.organization_option import Organization

appointments_app = typer.Typer(
    name="appointments",
    help="When people are expected, and what became of it.",
    no_args_is_help=True,
    rich_markup_mode="markdown",
)

ShowNumbers = Annotated[bool, typer.Option("--show-numbers", help="Show whole phone numbers.")]
AnyState = Literal["booked", "confirmed", "reschedule_requested", "canceled", "done", "missed"]
State = Annotated[AnyState | None, typer.Option(help="Only those in this state.")]
ExternalId = Annotated[str, typer.Argument(help="What your calendar calls the appointment.")]


@appointments_app.command("import")
def import_(
    file: File,
    *,
    timezone: Annotated[
        str | None, typer.Option(help="Zone of rows that name none, e.g. Europe/Berlin.", metavar="ZONE")
    ] = None,
    gone: Annotated[
        Literal["report", "cancel"],
        typer.Option(help="What becomes of appointments to come that a file held before and this one does not."),
    ] = "report",
    most_gone: Annotated[
        float,
        typer.Option(min=0, max=100, help="Cancel none when more than this share is gone.", metavar="PERCENT"),
    ] = 10,
    organization: Organization = "default",
    default_region: DefaultRegion = None,
    columns: Columns = None,
    encoding: Encoding = None,
    refused: Refused = None,
    as_json: AsJson = False,
) -> None:
    """Import appointments from a CSV file; the same or a newer file again updates them.

    Columns: external_id (what your calendar calls it), phone, starts_at (2026-03-09T14:30, with an offset or local
    in timezone), timezone, kind, place, state (booked, confirmed, canceled, done, missed), name or first_name and
    last_name, country, locale; any other becomes an attribute. Contacts are found by their number or made; a file
    is nobody's consent. Refused rows are written beside the file with their reason.

    Example: `tidings appointments import calendar.csv --timezone America/New_York`
    """
    from cli.appointments_import import import_and_show  # noqa: PLC0415  # `tidings --help` must be quick
    from models.appointments.import_rules import AppointmentRules  # noqa: PLC0415

    rules = AppointmentRules(
        timezone=timezone,
        gone=gone,
        most_gone=most_gone,
        region=default_region,
        columns=columns_of(columns),
        encoding=encoding,
        refused=refused,
    )
    import_and_show(file, organization=organization, rules=rules, as_json=as_json)


@appointments_app.command("list")
def list_(
    *,
    since: Annotated[
        datetime | None, typer.Option(help="From this time in UTC on [default: now].", metavar="TIME")
    ] = None,
    state: State = None,
    kind: Annotated[str | None, typer.Option(help="Only those of this kind.")] = None,
    limit: Annotated[int, typer.Option(min=1, max=10_000, help="How many at most.")] = 50,
    show_numbers: ShowNumbers = False,
    organization: Organization = "default",
    as_json: AsJson = False,
) -> None:
    """Show appointments by their start.

    Example: `tidings appointments list --state confirmed`
    """
    from cli.appointments_list import Filter, show_list  # noqa: PLC0415  # `tidings --help` must be quick

    wanted = Filter(since=since, state=state, kind=kind, limit=limit)
    show_list(organization, wanted, show_numbers=show_numbers, as_json=as_json)


@appointments_app.command()
def show(
    external_id: ExternalId,
    *,
    show_numbers: ShowNumbers = False,
    organization: Organization = "default",
    as_json: AsJson = False,
) -> None:
    """Show one appointment, its reminders and everything that happened to it.

    Example: `tidings appointments show A-1`
    """
    from cli.appointments_show import show_appointment  # noqa: PLC0415  # `tidings --help` must be quick

    show_appointment(organization, external_id, show_numbers=show_numbers, as_json=as_json)


@appointments_app.command()
def move(
    external_id: ExternalId,
    start: Annotated[str, typer.Argument(help="The new start, such as 2027-03-12T09:00.", metavar="TIME")],
    *,
    timezone: Annotated[
        str | None, typer.Option(help="Its new zone, if it has another one now.", metavar="ZONE")
    ] = None,
    show_numbers: ShowNumbers = False,
    organization: Organization = "default",
    as_json: AsJson = False,
) -> None:
    """Give an appointment another start; its reminders follow, and it has to be confirmed again.

    Without an offset the time is that of the appointment's zone.

    Example: `tidings appointments move A-1 2027-03-12T09:00`
    """
    from cli.appointments_desk import move_appointment  # noqa: PLC0415  # `tidings --help` must be quick

    shown = {"show_numbers": show_numbers, "as_json": as_json}
    move_appointment(organization, external_id, start, timezone=timezone, **shown)


@appointments_app.command()
def mark(
    external_id: ExternalId,
    state: Annotated[AnyState, typer.Argument(help="How it stands now.")],
    *,
    show_numbers: ShowNumbers = False,
    organization: Organization = "default",
    as_json: AsJson = False,
) -> None:
    """Say how an appointment stands: confirmed on the phone, canceled, done, missed; its reminders follow.

    Example: `tidings appointments mark A-1 canceled`
    """
    from cli.appointments_desk import mark_appointment  # noqa: PLC0415  # `tidings --help` must be quick

    mark_appointment(organization, external_id, state, show_numbers=show_numbers, as_json=as_json)


@appointments_app.command()
def unconfirmed(
    *,
    day: Day = "tomorrow",
    place: Annotated[str | None, typer.Option(help="Only those at this place.")] = None,
    out: Annotated[
        Path | None, typer.Option(help="Write them to this CSV file, with whole numbers.", metavar="FILE")
    ] = None,
    show_numbers: ShowNumbers = False,
    organization: Organization = "default",
    as_json: AsJson = False,
) -> None:
    """Show who is expected on a day, where the appointment is, and has not confirmed: whom to call.

    With each: what became of the last reminder, whether another time was asked for, what the person wrote since.
    In the file, a text that a spreadsheet could take for a formula, a phone number too, begins with an apostrophe.

    Example: `tidings appointments unconfirmed --day tomorrow --out call.csv`
    """
    from cli.appointments_unconfirmed import show_unconfirmed  # noqa: PLC0415  # `tidings --help` must be quick

    show_unconfirmed(organization, read_day(day), place=place, out=out, show_numbers=show_numbers, as_json=as_json)
