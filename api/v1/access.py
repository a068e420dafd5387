"""What a route asks for: a key with a scope, a database transaction of its own."""

from collections.abc import AsyncIterator, Awaitable, Callable
from typing import Annotated

from fastapi import Depends, Request, Security
from fastapi.security import HTTPBearer
from sqlalchemy.ext.asyncio import AsyncConnection, AsyncEngine

from api.v1.problems import Kind, ProblemError
from models.api_keys.callers import Caller
from models.api_keys.scopes import Scope

_bearer = HTTPBearer(
    scheme_name="API key",
    description="A key that `tidings apikey create` printed. What it may do is set by its scopes.",
    auto_error=False,
)


def requires(scope: Scope) -> Callable[..., Awaitable[Caller]]:
    """A dependency that gives the caller; 403 when the key lacks the scope."""

    async def caller_with_scope(
        request: Request, _: Annotated[object, Security(_bearer, scopes=[scope])]
    ) -> Caller:
        caller: Caller | None = getattr(request.state, "caller", None)
        if caller is None:
            raise ProblemError(Kind.UNAUTHENTICATED, "An API key is needed.")
        if not caller.may(scope):
            raise ProblemError(Kind.FORBIDDEN, f"This key lacks the scope {scope}.")
        return caller

    return caller_with_scope


async def _transaction(request: Request) -> AsyncIterator[AsyncConnection]:
    engine: AsyncEngine = request.app.state.api_engine
    async with engine.begin() as connection:
        yield connection


Transaction = Annotated[AsyncConnection, Depends(_transaction, scope="function")]
"""A connection whose work is committed before the answer leaves, or undone when the route raises."""


async def _engine(request: Request) -> AsyncEngine:
    engine: AsyncEngine = request.app.state.api_engine
    return engine


Engine = Annotated[AsyncEngine, Depends(_engine)]
"""For a route whose work takes several transactions."""
