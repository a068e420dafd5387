"""The first record of a file: which column is which field of a contact, and which are attributes."""

import re
from collections import Counter
from collections.abc import Mapping, Sequence
from dataclasses import dataclass

from models.imports.faults import ImportRefused

FIELDS = (
    "phone",
    "first_name",
    "last_name",
    "email",
    "country",
    "locale",
    "timezone",
    "postcode",
    "region",
    "tags",
    "consent_marketing",
    "consent_at",
    "consent_source",
)
"""The columns known by name, each judged."""

EVIDENCE = {
    "consent_wording": "wording",
    "consent_wording_version": "wording_version",
    "consent_ip": "ip",
    "consent_user_agent": "user_agent",
    "consent_proof": "proof",
}
"""The columns of what proves a row's answer, kept as they are; any other column is an attribute."""


@dataclass(frozen=True, slots=True)
class Known:
    """The columns that a kind of file knows by name; `needed` with the words for what each must hold."""

    names: tuple[str, ...]
    needed: Mapping[str, str]


CONTACTS = Known((*FIELDS, *EVIDENCE), {"phone": "the numbers"})
"""The columns of a file of contacts."""

REPORT_COLUMNS = ("line", "value", "reason")
"""What the file of refused rows adds; ignored when that file is corrected and imported."""


class HeaderRefused(ImportRefused):
    """The first line does not name the columns as it must."""


@dataclass(frozen=True, slots=True)
class Header:
    """`names` as written and trimmed; positions (from 0) of the known fields and of the attributes."""

    names: tuple[str, ...]
    fields: Mapping[str, int]
    attributes: Mapping[str, int]

    @property
    def width(self) -> int:
        """How many cells a row must have."""
        return len(self.names)

    @property
    def own_names(self) -> tuple[str, ...]:
        """The names without the columns that a file of refused rows added."""
        return _own(self.names)


def read_header(cells: Sequence[str], *, columns: Mapping[str, str], known: Known = CONTACTS) -> Header:
    """Finds the fields by name: case, and spaces or hyphens for underscores, do not matter.

    `columns` says which column a field or attribute is in, where it has another name. Unnamed columns at the end
    are left out. Raises `HeaderRefused` for an unnamed or repeated column, and for a needed one that is not there.
    """
    names = [cell.strip() for cell in cells]
    while names and not names[-1]:
        names.pop()
    _check_names(names)
    positions = {_plain(name): position for position, name in enumerate(names)}
    mapped = {_field(name, known): _position(column, positions, names) for name, column in columns.items()}
    by_name = {
        field: positions[field]
        for field in known.names
        if field in positions and positions[field] not in mapped.values()
    }
    fields = {**by_name, **{field: at for field, at in mapped.items() if field in known.names}}
    _check_needed(fields, names, known)
    own = {
        names[at]: at
        for name, at in list(positions.items())[: len(_own(names))]
        if name not in known.names and at not in mapped.values()
    }
    renamed = {name: at for name, at in mapped.items() if name not in known.names}
    return Header(tuple(names), fields, {**own, **renamed})


def recognised(cells: Sequence[str], *, columns: Mapping[str, str], known: Known = CONTACTS) -> int:
    """How many of these column names mean something here: the measure of a delimiter that was tried."""
    expected = {*known.names, *map(_plain, columns.values())}
    return len(expected & set(map(_plain, cells)))


def _field(name: str, known: Known) -> str:
    return _plain(name) if _plain(name) in known.names else name.strip()


def _check_needed(fields: Mapping[str, int], names: Sequence[str], known: Known) -> None:
    for field, held in known.needed.items():
        if field not in fields:
            raise HeaderRefused(
                f"There is no column {field} among {_listed(names)}; rename the one that holds {held}, "
                f"or name it (--map {field}=COLUMN)."
            )


def _plain(name: str) -> str:
    return re.sub(r"[\s-]+", "_", name.strip().casefold())


def _check_names(names: Sequence[str]) -> None:
    if "" in names:
        raise HeaderRefused(f"Column {names.index('') + 1} has no name in the first line; name it or remove it.")
    for name, times in Counter(map(_plain, names)).items():
        if times > 1:
            raise HeaderRefused(
                f'The first line has {times} columns named "{name}"; rename or remove all but one.'
            )


def _position(column: str, positions: Mapping[str, int], names: Sequence[str]) -> int:
    if _plain(column) not in positions:
        raise HeaderRefused(f'There is no column "{column}" to map; the file has {_listed(names)}.')
    return positions[_plain(column)]


def _own(names: Sequence[str]) -> tuple[str, ...]:
    added = len(REPORT_COLUMNS) if tuple(names[-len(REPORT_COLUMNS) :]) == REPORT_COLUMNS else 0
    return tuple(names[: len(names) - added])


def _listed(names: Sequence[str]) -> str:
    shown = ", ".join(f'"{name[:40]}"' for name in names[:20])
    return f"{shown} and {len(names) - 20} more" if len(names) > 20 else shown
