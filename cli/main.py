"""The command `tidings`: every command is a thin module of this room, registered here."""

import sys

import typer

from cli import contacts
from cli.alerts import alerts
from cli.apikey import apikey_app
from cli.appointments import appointments_app
from cli.campaign import campaign_app
from cli.consent import consent_app
from cli.conversations import conversations_app
from cli.demo.command import demo
from cli.errors import errors
from cli.events import events_app
from cli.messages import messages_app
from cli.organization import organization_app
from cli.policy import policy_app
from cli.quiet_hours import quiet_hours
from cli.reminders import reminders_app
from cli.replies import replies_app
from cli.segments import segments
from cli.sender import sender_app
from cli.status import status
from cli.surveys import surveys_app
from cli.up import up
from cli.webhooks import webhooks_app
from messaging.errors import TidingsError

app = typer.Typer(
    name="tidings",
    help="SMS, MMS and WhatsApp reminders and campaigns through Twilio.",
    no_args_is_help=True,
    add_completion=False,
    rich_markup_mode="markdown",
    pretty_exceptions_enable=False,
)
app.command("up")(up)
app.command("status")(status)
app.command("demo")(demo)
app.add_typer(campaign_app)
app.add_typer(consent_app)
app.add_typer(messages_app)
app.add_typer(conversations_app)
app.add_typer(replies_app)
app.add_typer(organization_app)
app.add_typer(sender_app)
app.add_typer(policy_app)
app.add_typer(surveys_app)
app.add_typer(appointments_app)
app.add_typer(reminders_app)
app.add_typer(webhooks_app)
app.add_typer(apikey_app)
app.add_typer(events_app)
app.command("alerts")(alerts)
app.command("segments")(segments)
app.command("quiet-hours")(quiet_hours)
app.command("errors")(errors)
app.add_typer(contacts.app)


def main() -> None:
    """Runs one command. A `TidingsError` is one line on stderr and exit status 1; wrong usage exits with 2."""
    try:
        app()
    except TidingsError as error:
        print(f"tidings: {error}", file=sys.stderr)  # noqa: T201  # the one line for people
        sys.exit(1)
