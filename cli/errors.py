"""`tidings errors`: what Twilio's codes mean, and what Tidings does about them."""

from typing import TYPE_CHECKING, Annotated

import typer

if TYPE_CHECKING:
    from messaging.deeds import Deed


def errors(
    code: Annotated[int | None, typer.Argument(help="Only this code of Twilio's.", metavar="CODE", min=0)] = None,
    *,
    as_json: Annotated[bool, typer.Option("--json", help="Print one JSON object.")] = False,
) -> None:
    """Show Twilio's error codes: what each means, what Tidings does about it, and what to do.

    Example: `tidings errors 30007`
    """
    from cli.output import print_json  # noqa: PLC0415  # `tidings --help` must be quick
    from messaging.deeds import deeds  # noqa: PLC0415

    found = deeds(code)
    if as_json:
        print_json({"errors": [_to_json(deed) for deed in found]})
        return
    _show(found)


def _show(found: "list[Deed]") -> None:
    from rich.console import Console  # noqa: PLC0415
    from rich.table import Table  # noqa: PLC0415

    table = Table("Code", "Seen at", "Class", "What Tidings does", "What it means, and what to do")
    for deed in found:
        verdict = deed.verdict
        kind = verdict.kind.value.replace("_", " ")
        table.add_row(str(verdict.code), deed.stage.value, kind, deed.does, verdict.sentence)
    Console(markup=False, highlight=False).print(table)


def _to_json(deed: "Deed") -> dict[str, object]:
    verdict = deed.verdict
    return {
        "code": verdict.code,
        "stage": deed.stage.value,
        "class": verdict.kind.value,
        "action": verdict.action.value,
        "scope": verdict.scope.value,
        "wait_seconds": verdict.wait,
        "does": deed.does,
        "sentence": verdict.sentence,
    }
