"""`tidings segments`."""

import json
from typing import Any

import pytest
from typer.testing import CliRunner, Result

from cli.main import app


def segments(*arguments: str, stdin: str | bytes | None = None) -> Result:
    return CliRunner().invoke(app, ["segments", *arguments], input=stdin)


@pytest.mark.parametrize(
    ("label", "text", "figures"),
    [
        ("one", "Hello", {"encoding": "GSM-7", "segments": 1, "units": 5, "characters": 5, "sendable": True}),
        ("euro is two", "€", {"encoding": "GSM-7", "segments": 1, "units": 2, "characters": 1, "sendable": True}),
        ("emoji", "👋", {"encoding": "UCS-2", "segments": 1, "units": 2, "characters": 1, "sendable": True}),
        ("empty", "", {"encoding": "GSM-7", "segments": 1, "units": 0, "characters": 0, "sendable": True}),
        (
            "too long",
            "x" * 1601,
            {"encoding": "GSM-7", "segments": 11, "units": 1601, "characters": 1601, "sendable": False},
        ),
    ],
)
def test_json(label: str, text: str, figures: dict[str, Any]) -> None:
    done = segments(text, "--json")
    assert done.exit_code == 0, label
    assert json.loads(done.stdout) == figures


@pytest.mark.parametrize(
    ("label", "stdin", "characters"), [("echo", "a\nb\n", 3), ("printf", "a\nb", 3), ("CRLF", "a\r\nb", 4)]
)
def test_reads_standard_input_to_its_end(label: str, stdin: str, characters: int) -> None:
    assert json.loads(segments("-", "--json", stdin=stdin).stdout)["characters"] == characters, label


def test_for_people() -> None:
    assert segments("Hello").stdout == "1 segment of GSM-7, 5 units, 5 characters\n"
    long = segments("ж" * 671)
    assert long.stdout == "11 segments of UCS-2, 671 units, 671 characters\n"
    assert long.stderr.startswith("It could not be sent: The body takes 11 segments (UCS-2) and 10 is the limit")


def test_other_encodings_are_refused() -> None:
    done = segments("-", stdin="é".encode("latin-1"))
    assert done.exit_code == 2
    assert "standard input is not text in UTF-8" in done.stderr
