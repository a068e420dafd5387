"""The options of `tidings contacts import`, as its help explains them."""

from pathlib import Path
from typing import Annotated, Literal

import typer

File = Annotated[Path, typer.Argument(help="A CSV file; the first line names its columns.")]

DefaultRegion = Annotated[
    str | None, typer.Option(help="Country (US, GB …) of numbers without one [default: the organization's].")
]

ConsentMethod = Annotated[
    Literal["import", "web_form", "verbal", "written", "api", "double_opt_in", "soft_opt_in"] | None,
    typer.Option(
        help="How every yes in the file was given. `double_opt_in`: and confirmed by the number. "
        "`soft_opt_in`: by a sale of yours, for similar products, with a way to say no."
    ),
]

ConsentSource = Annotated[
    str | None, typer.Option(help="Where it was given: the form, event or system; kept as evidence.")
]

Accept = Annotated[
    Literal["valid", "possible"],
    typer.Option(help="`possible` lets in numbers of the right length that no numbering plan has."),
]

Columns = Annotated[
    list[str] | None,
    typer.Option("--map", metavar="NAME=COLUMN", help="The column that holds a field, e.g. phone=Mobile."),
]

Encoding = Annotated[str | None, typer.Option(help="Where the file is neither UTF-8 nor UTF-16, e.g. cp1252.")]

Refused = Annotated[Path | None, typer.Option(help="Where refused rows are written [default: beside FILE].")]

AsJson = Annotated[bool, typer.Option("--json", help="Print one JSON object.")]


def columns_of(pairs: list[str] | None) -> dict[str, str]:
    """Field names with the columns that hold them. Raises `typer.BadParameter` for what is no NAME=COLUMN."""
    split = [[part.strip() for part in pair.partition("=")] for pair in pairs or []]
    if not all(name and column for name, _, column in split):
        raise typer.BadParameter("write NAME=COLUMN, e.g. --map phone=Mobile.", param_hint="--map")
    return {name: column for name, _, column in split}
