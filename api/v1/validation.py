"""What FastAPI finds wrong with a request, as a problem: each value with its place, never with its content."""

from collections.abc import Mapping, Sequence
from typing import Any

from fastapi.exceptions import RequestValidationError

from api.v1.problems import FieldProblem, Kind, ProblemError


def problem_of(error: RequestValidationError) -> ProblemError:
    """400 for a body that is no JSON, with the place; 422 for values that are not acceptable."""
    found = list(error.errors())
    broken = next((each for each in found if each["type"] == "json_invalid"), None)
    if broken is not None:
        return _malformed(str(error.body), broken)
    errors = [_field(each["loc"], each) for each in found]
    return ProblemError(Kind.INVALID, f"{errors[0].detail} See errors for the place.", errors=errors)


def _malformed(text: str, broken: Mapping[str, Any]) -> ProblemError:
    offset = broken["loc"][1]
    line = text.count("\n", 0, offset) + 1
    column = offset - text.rfind("\n", 0, offset)
    reason = str(broken["ctx"]["error"]).lower()
    return ProblemError(Kind.MALFORMED, f"The body is not JSON: {reason}, at line {line}, column {column}.")


def _field(place: Sequence[str | int], error: Mapping[str, Any]) -> FieldProblem:
    detail = str(error["msg"]).removeprefix("Value error, ").rstrip(".") + "."
    if place[0] == "body":
        return FieldProblem(pointer="#" + "".join(f"/{_escaped(part)}" for part in place[1:]), detail=detail)
    return FieldProblem(parameter=_escaped(place[-1]), detail=detail)


def _escaped(part: str | int) -> str:
    """One step of a JSON pointer (RFC 6901); a name that is no text in UTF-8 is told with replacements."""
    name = str(part).encode("utf-8", "replace").decode()
    return name.replace("~", "~0").replace("/", "~1")
