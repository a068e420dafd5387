"""A campaign's body and a contact's values: the same for the preview, for the claim and for everyone who looks."""

from collections.abc import Collection, Mapping
from dataclasses import dataclass

from sqlalchemy import RowMapping

from messaging import segments, templates
from messaging.personal_data import find_personal_data
from messaging.segments import BodyTooLong, SegmentCount
from messaging.templates import CONTACT_FIELDS, Template, TemplateError
from models.messages.tables import SkipReason
from models.policy.personal_data import masked, refused_in
from models.policy.retention_section import Retention

CONTACT_COLUMNS = ", ".join(f"ct.{column}" for column in (*sorted(CONTACT_FIELDS), "attributes"))
"""What `values_of` needs of a contact `ct`, for a SELECT."""


_DEFAULT_RULES = Retention()


@dataclass(frozen=True, slots=True)
class Rendered:
    """The text for one contact and what it takes, or (`refusal`) why it cannot be sent; then `count` is None."""

    body: str
    count: SegmentCount | None
    refusal: SkipReason | None = None


def values_of(row: Mapping[str, object] | RowMapping) -> dict[str, object]:
    """The values of a body's variables, from a contact's columns; a field wins over an attribute of its name."""
    attributes = row["attributes"]
    values: dict[str, object] = dict(attributes) if isinstance(attributes, Mapping) else {}
    values.update((field, row[field]) for field in CONTACT_FIELDS)
    return values


def compile_body(body: str, attribute_names: Collection[str], *, where: str = "body") -> Template:
    """The template of a body that may use a contact's fields and these attributes. Raises `TemplateError`."""
    return templates.compile(body, variables=CONTACT_FIELDS | set(attribute_names), where=where)


def compile_stored(body: str) -> Template:
    """The template of a stored campaign's body: an attribute that no contact has any more is empty."""
    return templates.compile_checked(body)


def render(template: Template, values: Mapping[str, object], rules: Retention = _DEFAULT_RULES) -> Rendered:
    """One contact's text, or why there is none to send; `rules` say which numbers may not stand in it."""
    try:
        body = template.render(values)
    except TemplateError:
        return Rendered("", None, SkipReason.BODY_NOT_RENDERED)
    if find_personal_data(body):
        if refused_in(body, rules):
            return Rendered("", None, SkipReason.PERSONAL_DATA)
        body = masked(body, rules)
    if not body.strip():
        return Rendered(body, None, SkipReason.EMPTY_BODY)
    try:
        return Rendered(body, segments.check(body))
    except BodyTooLong:
        return Rendered(body, None, SkipReason.BODY_TOO_LONG)
