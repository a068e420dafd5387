"""Events as bytes of the stream, written once however many clients get them.

https://html.spec.whatwg.org/multipage/server-sent-events.html
"""

import json
from dataclasses import dataclass
from typing import Any

from fastapi.sse import format_sse_event

from models.events.reading import Published


@dataclass(frozen=True, slots=True)
class Written:
    """One event as it is sent."""

    position: int
    kind: str
    text: bytes


def write_event(event: Published) -> Written:
    """The event with its position as the id that a client comes back with."""
    return Written(event.position, event.kind, message(event.kind, event.to_json(), id_=str(event.position)))


def message(kind: str, data: dict[str, Any], *, id_: str | None = None) -> bytes:
    """Anything that is told; without an id it is not what a client comes back to."""
    return format_sse_event(data_str=json.dumps(data), event=kind, id=id_)
