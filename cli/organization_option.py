"""`--organization`: whose campaigns, contacts and messages a command is about."""

from typing import Annotated

import typer

Organization = Annotated[
    str, typer.Option(envvar="TIDINGS_ORGANIZATION", help="The organization, by its short name.", metavar="SLUG")
]
