"""The OpenAPI document: which problems each route may answer with, and their media type."""

from typing import Any

from fastapi import FastAPI

from api.v1.paths import V1
from api.v1.problems import MEDIA_TYPE, Kind, Problem


def problems(*kinds: Kind) -> dict[int | str, dict[str, Any]]:
    """`responses` of a route that may answer with these."""
    return {kind.status: {"model": Problem, "description": kind.title} for kind in kinds}


COMMON_PROBLEMS = problems(
    Kind.UNAUTHENTICATED, Kind.FORBIDDEN, Kind.INVALID, Kind.TOO_MANY, Kind.UNEXPECTED, Kind.UNAVAILABLE
)
BODY_PROBLEMS = problems(Kind.MALFORMED, Kind.TOO_LARGE, Kind.NOT_JSON)
"""What any route that takes a body may answer."""
_EXAMPLES = {
    str(kind.status): {
        "type": kind.type,
        "title": kind.title,
        "status": kind.status,
        "detail": "What happened here, and what to do.",
        "instance": "urn:uuid:019a5b7c-0000-7000-8000-000000000000",
    }
    for kind in reversed(Kind)
}
"""By status; of two kinds with one status, the more common."""
NOT_FOUND = problems(Kind.NOT_FOUND)
CONFLICT = problems(Kind.CONFLICT)


def describe_problems(app: FastAPI) -> None:
    """Gives problems their own media type in the document; FastAPI knows one media type for a route."""
    original = app.openapi

    def openapi() -> dict[str, Any]:
        if app.openapi_schema is None:
            _correct(original())
        return original()

    app.openapi = openapi  # type: ignore[method-assign]  # FastAPI's own way of extending the document


def _correct(document: dict[str, Any]) -> None:
    for path, operations in document["paths"].items():
        if path.startswith(V1):
            for operation in operations.values():
                for status, response in operation["responses"].items():
                    if status in _EXAMPLES and "application/json" in response.get("content", {}):
                        content = response["content"]["application/json"]
                        response["content"] = {MEDIA_TYPE: {**content, "example": _EXAMPLES[status]}}
