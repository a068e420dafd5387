"""What may go wrong below `/api`, and the problem document that each becomes; other paths keep their own."""

import structlog
from fastapi import FastAPI, Request, Response
from fastapi.exception_handlers import http_exception_handler, request_validation_exception_handler
from fastapi.exceptions import RequestValidationError
from fastapi.responses import PlainTextResponse
from sqlalchemy.exc import SQLAlchemyError
from starlette.exceptions import HTTPException

from api.database_faults import NotStoredError, Verdict, describe, verdict_of
from api.v1.known_errors import kind_of
from api.v1.paths import is_api
from api.v1.problems import Kind, ProblemError
from api.v1.validation import problem_of
from messaging.errors import TidingsError

log = structlog.get_logger(__name__)

_BY_STATUS = {kind.status: kind for kind in reversed(Kind)}
_LATER = {"Retry-After": "5"}
_SENTENCES = {
    404: "There is nothing at this address; /docs lists what there is.",
    405: "This address does not take this method; /docs lists what it takes.",
}


def install_fault_handlers(app: FastAPI) -> None:
    """Makes every error below `/api` a problem document."""
    app.add_exception_handler(ProblemError, _problem)
    app.add_exception_handler(TidingsError, _known)
    app.add_exception_handler(SQLAlchemyError, _database)
    app.add_exception_handler(RequestValidationError, _validation)
    app.add_exception_handler(HTTPException, _http)
    app.add_exception_handler(Exception, _unexpected)


async def _problem(_: Request, error: Exception) -> Response:
    assert isinstance(error, ProblemError)  # noqa: S101 (registered for it)
    return error.to_response()


async def _known(request: Request, error: Exception) -> Response:
    if not is_api(request.url.path):
        raise error
    kind = kind_of(error)
    headers = _LATER if kind is Kind.UNAVAILABLE else None
    return ProblemError(kind, str(error), headers=headers).to_response()


async def _database(request: Request, error: Exception) -> Response:
    if not is_api(request.url.path):
        raise error
    if verdict_of(error) is not Verdict.ITEM:
        return await _known(request, NotStoredError("The database is not available; nothing was changed."))
    if str(getattr(getattr(error, "orig", None), "sqlstate", None)).startswith("22"):
        return ProblemError(Kind.INVALID, "A value is of a kind that cannot be stored.").to_response()
    return await _unexpected(request, error)


async def _validation(request: Request, error: Exception) -> Response:
    assert isinstance(error, RequestValidationError)  # noqa: S101 (registered for it)
    if not is_api(request.url.path):
        return await request_validation_exception_handler(request, error)
    return problem_of(error).to_response()


async def _http(request: Request, error: Exception) -> Response:
    assert isinstance(error, HTTPException)  # noqa: S101 (registered for it)
    if not is_api(request.url.path):
        return await http_exception_handler(request, error)
    kind = _BY_STATUS.get(error.status_code, Kind.UNEXPECTED)
    detail = _SENTENCES.get(error.status_code, str(error.detail))
    return ProblemError(kind, detail, headers=error.headers).to_response()


async def _unexpected(request: Request, error: Exception) -> Response:
    if not is_api(request.url.path):
        return PlainTextResponse("Internal Server Error", 500)
    problem = ProblemError(Kind.UNEXPECTED, "This should not happen; the API's log says more.")
    log.error("request failed", instance=problem.instance, route=_route(request), error=describe(error))
    return problem.to_response()


def _route(request: Request) -> str:
    """The method and the route's pattern below `/api/v1`: an address may hold what a log must not."""
    return f"{request.method} {getattr(request.scope.get('route'), 'path', '?')}"
