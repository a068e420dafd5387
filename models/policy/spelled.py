"""A policy spelled out: as plain values, and as a file that says every default and may be loaded again."""

import io
from collections.abc import Mapping
from dataclasses import fields, is_dataclass
from datetime import date
from enum import Enum
from typing import Any

from ruamel.yaml import YAML

from models.policy.definition import Policy


def plain_values(policy: Policy) -> dict[str, Any]:
    """Sections with their keys; what is not set is None, dates are written as in ISO 8601."""
    plain: dict[str, Any] = _plain(policy)
    return plain


def spell_out(policy: Policy) -> str:
    """The YAML text of a policy with every default; what is not set is a remark."""
    return "\n".join(_section(name, values) for name, values in plain_values(policy).items())


def _section(name: str, values: Mapping[str, Any]) -> str:
    said = {key: value for key, value in values.items() if value not in (None, [], {})}
    unset = "".join(f"  # {key}: not set\n" for key in values if key not in said)
    return (_yaml({name: _without_nothing(said)}) if said else f"# {name}:\n") + unset


def _without_nothing(value: Any) -> Any:
    """A key without a value could not be read again."""
    if isinstance(value, Mapping):
        return {key: _without_nothing(one) for key, one in value.items() if one is not None}
    return [_without_nothing(one) for one in value] if isinstance(value, list) else value


def _yaml(value: Mapping[str, Any]) -> str:
    writer = YAML()
    writer.indent(mapping=2, sequence=4, offset=2)
    written = io.StringIO()
    writer.dump(value, written)
    return written.getvalue()


def _plain(value: Any) -> Any:
    if is_dataclass(value):
        return {one.name: _plain(getattr(value, one.name)) for one in fields(value)}
    if isinstance(value, Mapping):
        return {str(_plain(key)): _plain(one) for key, one in value.items()}
    if isinstance(value, frozenset):
        return sorted(_plain(one) for one in value)
    if isinstance(value, tuple):
        return [_plain(one) for one in value]
    return _scalar(value)


def _scalar(value: Any) -> Any:
    if isinstance(value, Enum):
        return value.value
    return value.isoformat() if isinstance(value, date) else value
