"""Errors as problem documents, RFC 9457: https://www.rfc-editor.org/rfc/rfc9457"""

from collections.abc import Mapping, Sequence
from enum import Enum

from fastapi.responses import JSONResponse
from pydantic import BaseModel, Field

from models.columns import new_id

MEDIA_TYPE = "application/problem+json"


class Kind(Enum):
    """The kinds of problem: the end of `type`, the status, and the title, which never varies."""

    MALFORMED = ("malformed-request", 400, "The request cannot be read")
    UNAUTHENTICATED = ("unauthenticated", 401, "A valid API key is missing")
    FORBIDDEN = ("forbidden", 403, "The API key does not allow this")
    NOT_FOUND = ("not-found", 404, "There is no such thing")
    METHOD = ("method-not-allowed", 405, "This address does not take this method")
    CONFLICT = ("conflict", 409, "The present state does not allow this")
    TOO_LARGE = ("too-large", 413, "The body is too large")
    NOT_JSON = ("unsupported-media-type", 415, "The body must be JSON")
    INVALID = ("invalid", 422, "Some values are not acceptable")
    KEY_REUSED = ("idempotency-key-reused", 422, "The Idempotency-Key belongs to another request")
    TOO_MANY = ("too-many-requests", 429, "The API key made too many requests")
    UNEXPECTED = ("unexpected", 500, "Something unexpected went wrong")
    UNAVAILABLE = ("unavailable", 503, "Something needed for this is not available")

    def __init__(self, slug: str, status: int, title: str) -> None:
        self.slug = slug
        self.status = status
        self.title = title

    @property
    def type(self) -> str:
        """The `type` of its documents."""
        return f"urn:problem-type:tidings:{self.slug}"


class FieldProblem(BaseModel):
    """What is wrong with one value."""

    pointer: str | None = Field(
        default=None,
        description="Where it stands in the body, as a JSON pointer (RFC 6901) in a fragment.",
        examples=["#/recipients/0/to"],
    )
    parameter: str | None = Field(default=None, description="Or which parameter or header of the request it is.")
    detail: str = Field(examples=["This number is too short."])


class Problem(BaseModel):
    """What went wrong, for machines (`type`) and for people (`detail`)."""

    type: str = Field(description="The kind of problem.", examples=["urn:problem-type:tidings:invalid"])
    title: str = Field(description="The kind of problem in words.")
    status: int = Field(description="The status code of HTTP.")
    detail: str = Field(description="What happened in this case, and what to do.")
    instance: str = Field(description="This one occurrence; of an unexpected error the API's log names it too.")
    errors: list[FieldProblem] = Field(default=[], description="Each value that is not acceptable.")


class ProblemError(Exception):
    """Ends a request with a problem document."""

    def __init__(
        self,
        kind: Kind,
        detail: str,
        *,
        errors: Sequence[FieldProblem] = (),
        headers: Mapping[str, str] | None = None,
    ) -> None:
        super().__init__(detail)
        self.kind = kind
        self.detail = detail
        self.errors = errors
        self.headers = headers
        self.instance = new_id().urn

    @classmethod
    def at(cls, pointer: str, detail: str) -> "ProblemError":
        """One value of the body is not acceptable; `pointer` like "/to"."""
        return cls(Kind.INVALID, detail, errors=[FieldProblem(pointer=f"#{pointer}", detail=detail)])

    @classmethod
    def missing(cls, what: str) -> "ProblemError":
        """There is no such `what` among those of the key's organization."""
        return cls(Kind.NOT_FOUND, f"There is no {what} with this id.")

    def to_response(self) -> JSONResponse:
        """The document as an answer."""
        problem = Problem(
            type=self.kind.type,
            title=self.kind.title,
            status=self.kind.status,
            detail=self.detail,
            instance=self.instance,
            errors=list(self.errors),
        )
        content = problem.model_dump(exclude_defaults=True)
        return JSONResponse(content, self.kind.status, headers=self.headers, media_type=MEDIA_TYPE)
