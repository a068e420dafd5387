"""Makes the JSON API part of the application."""

from contextlib import AbstractAsyncContextManager

from fastapi import FastAPI
from sqlalchemy.ext.asyncio import AsyncEngine

from api.v1.description import describe_problems
from api.v1.faults import install_fault_handlers
from api.v1.guard import Guard
from api.v1.router import router
from messaging.settings import Settings
from models.engine import open_engine

DESCRIPTION = """
Sends messages, keeps contacts, consents, campaigns and conversations, and takes Twilio's webhooks.

**Keys.** Everything below `/api` asks for a key: `Authorization: Bearer tidings_…`. `tidings apikey create` makes
one for an organization; with it nothing of another organization can be read or changed.
Press *Authorize* to try requests from this page.

**Errors** are problem documents (RFC 9457): `type` for machines, `detail` for people, and in `errors` each value
that is not acceptable with its place in the body.

**Repeating.** A `POST` with an `Idempotency-Key` may be repeated when its answer got lost: the same key with the
same body gets the same answer, and nothing is done twice. Keys are remembered for a week.

**Lists** come in pages: ask for the next with `?cursor=` and the `next_cursor` of the page before.

**Budget.** Each key may make so many requests a second; headers `RateLimit` and `RateLimit-Policy` say how many
are left. Above it the answer is 429, and `Retry-After` says when to come again.
"""

_CONNECTIONS = 10
_STATEMENT_SECONDS = 30.0


def add_v1(app: FastAPI) -> None:
    """Adds routes, the guard before them, and how their errors are told."""
    install_fault_handlers(app)
    app.add_middleware(Guard)
    app.include_router(router)
    describe_problems(app)


def open_api_engine(settings: Settings) -> AbstractAsyncContextManager[AsyncEngine]:
    """Connections of its own, so that however many requests come, webhooks find theirs free."""
    return open_engine(
        settings, application="json api", pool_size=_CONNECTIONS, statement_seconds=_STATEMENT_SECONDS
    )
