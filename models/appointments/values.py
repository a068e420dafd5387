"""What a text may say of an appointment: `{{ appointment.date }}`, as the person's language writes it."""

import re
from collections.abc import Collection, Mapping
from datetime import datetime
from functools import lru_cache
from zoneinfo import ZoneInfo

from babel import Locale, UnknownLocaleError
from babel.dates import format_date, format_skeleton, format_time

APPOINTMENT_FIELDS = frozenset({"date", "time", "weekday", "place", "kind", "external_id"})
"""The values every appointment has; its attributes are there by their own names."""

APPOINTMENT_COLUMNS = ", ".join(
    f"ap.{column} AS appointment_{column}"
    for column in ("starts_at", "timezone", "place", "kind", "external_id", "attributes")
)
"""What `appointment_values` needs of an appointment `ap`, for a SELECT; beside them `locale` and `country`."""

_SPACES = re.compile(r"[\u00a0\u2009\u202f]")
"""Locales put narrow spaces before PM, for which a whole SMS would be sent in UCS-2."""


def appointment_values(row: Mapping[str, object]) -> dict[str, object]:
    """The values of `appointment` in a text: date, time and weekday where it is, in the person's language.

    `row` has `APPOINTMENT_COLUMNS` and the contact's `locale` and `country`, which may be None. A field wins over
    an attribute of its name.
    """
    starts_at, attributes = row["appointment_starts_at"], row["appointment_attributes"]
    assert isinstance(starts_at, datetime)  # noqa: S101 (the column is not null)
    local = starts_at.astimezone(ZoneInfo(str(row["appointment_timezone"])))
    own = dict(attributes) if isinstance(attributes, Mapping) else {}
    named = {name: row[f"appointment_{name}"] for name in ("place", "kind", "external_id")}
    return {**own, **named, **_said(local, _locale(row["locale"], row["country"]))}


def appointment_variables(attribute_names: Collection[str]) -> set[str]:
    """The variables of a text about an appointment that may have these attributes."""
    return {f"appointment.{name}" for name in (*APPOINTMENT_FIELDS, *attribute_names)}


def _said(local: datetime, locale: Locale) -> dict[str, str]:
    written = {
        "date": format_skeleton("MMMMd", local, locale=locale),
        "time": format_time(local, "short", locale=locale),
        "weekday": format_date(local, "cccc", locale=locale),
    }
    return {name: _SPACES.sub(" ", value) for name, value in written.items()}


@lru_cache(maxsize=1024)
def _locale(locale: object, country: object) -> Locale:
    """The person's, else English as their country writes it, else American English."""
    for name in (locale, f"en_{country}", "en_US"):
        try:
            return Locale.parse(str(name).replace("-", "_"))
        except (ValueError, UnknownLocaleError):
            continue
    raise AssertionError("Babel knows American English")
