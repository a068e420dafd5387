"""`tidings segments`: what a text costs in SMS segments."""

import json
import sys
from typing import Annotated

import typer


def segments(
    text: Annotated[str, typer.Argument(help="The text; - reads it from standard input.", metavar="TEXT")],
    *,
    as_json: Annotated[bool, typer.Option("--json", help="Print one JSON object.")] = False,
) -> None:
    """Count a text's SMS segments exactly as Twilio does; one more newline at the end of the input is left out.

    Example: `tidings segments "See you at 10:00" --json`
    """
    from messaging.segments import BodyTooLong, check, count  # noqa: PLC0415  # `tidings --help` must be quick

    body = _standard_input() if text == "-" else text
    counted = count(body)
    try:
        check(body)
        refusal = None
    except BodyTooLong as error:
        refusal = str(error)
    if as_json:
        figures = {**counted._asdict(), "characters": len(body), "sendable": refusal is None}
        typer.echo(json.dumps(figures))
    else:
        parts = f"{counted.segments} segment" + ("" if counted.segments == 1 else "s")
        typer.echo(f"{parts} of {counted.encoding}, {counted.units} units, {len(body)} characters")
    if refusal is not None:
        typer.echo(f"It could not be sent: {refusal}", err=True)


def _standard_input() -> str:
    try:
        # Bytes: reading text would turn "\r\n" into one character, and Twilio counts two.
        return sys.stdin.buffer.read().decode("utf-8").removesuffix("\n")
    except UnicodeDecodeError:
        raise typer.BadParameter("standard input is not text in UTF-8") from None
