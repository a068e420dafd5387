"""The final text of one message: rendered, measured, and refused where it cannot be sent."""

from collections.abc import Mapping
from dataclasses import dataclass

from messaging import segments
from messaging.templates import Template, TemplateError
from models.messages.tables import SkipReason


@dataclass(frozen=True, slots=True)
class Composed:
    """A body that may be sent, with its encoding and SMS segments."""

    body: str
    encoding: str
    segments: int


def compose(template: Template, values: Mapping[str, object]) -> Composed | SkipReason:
    """The body for these values, or why there is none: empty, too long, or not to be rendered with them."""
    try:
        body = template.render(values)
        counted = segments.check(body)
    except TemplateError:
        return SkipReason.RENDER_FAILED
    except segments.BodyTooLong:
        return SkipReason.BODY_TOO_LONG
    if not body.strip():
        return SkipReason.EMPTY_BODY
    return Composed(body=body, encoding=counted.encoding, segments=counted.segments)
