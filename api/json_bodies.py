"""Reads the JSON that Twilio posts where a webhook is set to JSON, into the same pairs as a form's."""

import json
from typing import Any, NoReturn

from api.malformed import MalformedError

JSON = "application/json"


class _Pairs(list[tuple[str, Any]]):
    """An object's names and values in the order received, repeated names kept."""


def parse_json(body: bytes, *, most_fields: int) -> list[tuple[str, str]]:
    """The names and values of an object: numbers as they were written, null as blank, a list as a repeated name.

    What is nested deeper stays JSON. Raises `MalformedError` for anything but one object of Unicode text.
    """
    try:
        pairs = _read(body.decode())
        "".join(name + value for name, value in pairs).encode()
    except UnicodeError:
        raise MalformedError("The JSON is not UTF-8, or has half a surrogate pair.") from None
    except (ValueError, RecursionError):
        raise MalformedError(
            "The JSON cannot be read: it must be one object, with a field for each name."
        ) from None
    if len(pairs) > most_fields:
        raise MalformedError(f"The JSON has more than {most_fields} fields.")
    return pairs


def _read(text: str) -> list[tuple[str, str]]:
    found = json.loads(
        text, object_pairs_hook=_Pairs, parse_int=str, parse_float=str, parse_constant=_refuse_constant
    )
    if not isinstance(found, _Pairs):
        raise ValueError("no object")
    return [(name, _text(each)) for name, value in found for each in _values(value)]


def _refuse_constant(name: str) -> NoReturn:
    raise ValueError(f"{name} is no JSON")


def _values(value: Any) -> list[Any]:
    return value if isinstance(value, list) and not isinstance(value, _Pairs) else [value]


def _text(value: Any) -> str:
    if value is None:
        return ""
    return value if isinstance(value, str) else json.dumps(_plain(value), ensure_ascii=False)


def _plain(value: Any) -> Any:
    """Objects as dictionaries again, to be written as JSON."""
    if isinstance(value, _Pairs):
        return {name: _plain(each) for name, each in value}
    return [_plain(each) for each in value] if isinstance(value, list) else value
