"""The values that bodies and addresses are made of, checked so that the database can keep them."""

import math
from datetime import UTC, datetime
from typing import Annotated, Any

from fastapi import Path, Query
from pydantic import AfterValidator, AwareDatetime, BaseModel, ConfigDict, Field, WithJsonSchema

from messaging.consent.topics import LONGEST_TOPIC, plain_topic

LARGEST_ID = 2**63 - 1
_FIRST_YEAR, _LAST_YEAR = 1970, 2200
_LONGEST_VALUE = 1_000


class Given(BaseModel):
    """What a client sends: a name that is not known is told, not ignored."""

    model_config = ConfigDict(extra="forbid")


def example(**values: Any) -> ConfigDict:
    """The configuration of a shape that shows this body in the document."""
    return ConfigDict(json_schema_extra={"examples": [values]})


class Shown(BaseModel):
    """What a client gets, from rows of the database or objects of ours."""

    model_config = ConfigDict(from_attributes=True)


def _storable(text: str) -> str:
    if "\0" in text or any("\ud800" <= character <= "\udfff" for character in text):
        raise ValueError("This holds a character that is no text (NUL or half of a pair)")
    return text


def _in_our_time(moment: datetime) -> datetime:
    if not _FIRST_YEAR < moment.year < _LAST_YEAR:
        raise ValueError(f"Give a time between {_FIRST_YEAR} and {_LAST_YEAR}")
    return moment.astimezone(UTC)


def _scalar(value: Any) -> Any:
    if isinstance(value, str):
        if len(value) > _LONGEST_VALUE:
            raise ValueError(f"Give at most {_LONGEST_VALUE} characters")
        return _storable(value)
    if isinstance(value, bool) or value is None:
        return value
    if isinstance(value, int | float) and math.isfinite(value) and abs(value) < 1e15:
        return value
    raise ValueError("Give a text, a number, true, false or null")


Text = Annotated[str, AfterValidator(_storable)]
"""Any text that PostgreSQL and UTF-8 have a place for."""
ShortText = Annotated[Text, Field(max_length=200)]
Name = Annotated[Text, Field(min_length=1, max_length=200)]
Topic = Annotated[Text, AfterValidator(plain_topic), Field(max_length=LONGEST_TOPIC)]
"""What it is about, as it is compared; "" for every topic."""
Phone = Annotated[
    Text,
    Field(
        min_length=1,
        max_length=64,
        description="In E.164, or as it is dialled in the organization's default region.",
        examples=["+12025550123"],
    ),
]
Moment = Annotated[AwareDatetime, AfterValidator(_in_our_time), Field(examples=["2026-11-27T09:00:00-05:00"])]
"""A time with its zone; UTC inside."""
Scalar = Annotated[
    Any,
    AfterValidator(_scalar),
    WithJsonSchema({"type": ["string", "number", "boolean", "null"], "maxLength": 1000}),
]
"""The value of an attribute."""
IntegerId = Annotated[int, Field(ge=1, le=LARGEST_ID)]
IdInPath = Annotated[int, Path(ge=1, le=LARGEST_ID, examples=[4711])]
Limit = Annotated[int, Query(ge=1, le=200, description="How many of the page at most.")]
