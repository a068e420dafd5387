"""A contact as clients send and get it."""

from datetime import datetime
from typing import Annotated, Any

from pydantic import AfterValidator, Field

from api.v1.values import Given, Name, Phone, Scalar, ShortText, Shown, Text, example
from models.imports.countries import read_country
from models.imports.details import LONGEST_TAG, read_email, read_locale, read_postcode, read_region, read_timezone
from models.imports.faults import Fault

_MOST_TAGS = 100
_MOST_ATTRIBUTES = 100


def _read_by(read: Any) -> AfterValidator:
    """A check by the rule that files of contacts are read with."""

    def checked(value: str) -> str:
        found = read(value)
        if isinstance(found, Fault):
            raise ValueError(found.reason.partition(";")[0])
        return str(found)

    return AfterValidator(checked)


Timezone = Annotated[Text, _read_by(read_timezone)]
"""A zone of the IANA database."""
Tag = Annotated[Text, Field(min_length=1, max_length=LONGEST_TAG)]


class ContactChanges(Given):
    """What is named is changed, null erases it; what is not named stays as it is."""

    model_config = example(first_name="Augusta", attributes={"city": "London", "points": None})

    first_name: ShortText | None = Field(default=None, examples=["Ada"])
    last_name: ShortText | None = Field(default=None, examples=["Lovelace"])
    email: Annotated[Text, _read_by(read_email)] | None = Field(default=None, examples=["ada@example.org"])
    country: Annotated[Text, _read_by(read_country)] | None = Field(
        default=None, description="By default the number's own.", examples=["US"]
    )
    locale: Annotated[Text, _read_by(read_locale)] | None = Field(default=None, examples=["en-US"])
    timezone: Timezone | None = Field(default=None, examples=["America/New_York"])
    postcode: Annotated[Text, _read_by(read_postcode)] | None = Field(default=None, examples=["80202"])
    region: Annotated[Text, _read_by(read_region)] | None = Field(
        default=None, description="A state or part of the country, by ISO 3166-2.", examples=["US-CO"]
    )
    tags: list[Tag] = Field(
        default=[],
        max_length=_MOST_TAGS,
        description="Takes the place of all tags there were.",
        examples=[["vip"]],
    )
    attributes: dict[Name, Scalar] = Field(
        default={},
        max_length=_MOST_ATTRIBUTES,
        description="Laid over the attributes there are; null takes one away.",
        examples=[{"city": "Boston", "points": 120}],
    )

    def named(self) -> dict[str, Any]:
        """Only what the client named."""
        return self.model_dump(include=self.model_fields_set - {"phone"})


class ContactGiven(ContactChanges):
    """A contact to make, or to change if there is one of this number."""

    model_config = example(
        phone="+12025550123", first_name="Ada", tags=["autumn"], attributes={"city": "Boston", "points": 120}
    )

    phone: Phone


class PhoneQuestion(Given):
    """A number to look for; asked by POST, because addresses end up in logs."""

    phone: Phone


class ContactShown(Shown):
    """A contact."""

    id: int
    phone: str = Field(description="In E.164.", examples=["+12025550123"])
    first_name: str | None
    last_name: str | None
    email: str | None
    country: str | None
    locale: str | None
    timezone: str | None
    postcode: str | None
    region: str | None
    tags: list[str]
    attributes: dict[str, Any]
    profile_name: str | None = Field(description="What the person calls themselves on WhatsApp.")
    unreachable_on: list[str] = Field(
        description="Channels on which Twilio says that the number cannot be reached; nothing is sent there.",
        examples=[["sms"]],
    )
    created_at: datetime
    updated_at: datetime
