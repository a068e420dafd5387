"""Who may read metrics: a key of the default organization with the scope metrics:read.

They are figures of the whole installation, so keys of other organizations cannot see them.
"""

from time import monotonic

from fastapi import HTTPException, Request, status
from sqlalchemy import text
from sqlalchemy.exc import SQLAlchemyError
from sqlalchemy.ext.asyncio import AsyncConnection, AsyncEngine

from api.database_faults import NotStoredError, in_transaction, within
from models.api_keys.callers import find_caller
from models.api_keys.scopes import Scope
from models.api_keys.secret import Secret
from models.columns import utc_now
from models.organizations import DEFAULT_SLUG

_PATIENCE = 1.0
_REMEMBERED_SECONDS = 3600.0
_DEFAULT = text("SELECT id FROM organizations WHERE slug = :slug")


class MetricsKeys:
    """Judges keys by the database; one that was good within the last hour also serves while that is away."""

    def __init__(self, engine: AsyncEngine) -> None:
        self._engine = engine
        self._good: dict[bytes, float] = {}

    async def require(self, request: Request) -> None:
        """Returns for a key that may read metrics. Raises `HTTPException` 401, 403; 503 when nobody can tell."""
        scheme, _, key = request.headers.get("authorization", "").partition(" ")
        secret = Secret.read(key.strip()) if scheme.lower() == "bearer" else None
        if secret is None:
            raise _unauthenticated()
        try:
            await within(_PATIENCE, in_transaction(self._engine, lambda found: self._judge(found, secret)))
        except (NotStoredError, SQLAlchemyError):
            if monotonic() - self._good.get(secret.digest, float("-inf")) > _REMEMBERED_SECONDS:
                reason = "The database does not answer, so nobody can tell whether this key is good."
                raise HTTPException(status.HTTP_503_SERVICE_UNAVAILABLE, reason) from None
        else:
            self._good[secret.digest] = monotonic()

    async def _judge(self, connection: AsyncConnection, secret: Secret) -> None:
        self._good.pop(secret.digest, None)
        caller = await find_caller(connection, secret.text, now=utc_now())
        if caller is None:
            raise _unauthenticated()
        ours = (await connection.execute(_DEFAULT, {"slug": DEFAULT_SLUG})).scalar_one_or_none()
        if not caller.may(Scope.METRICS_READ) or caller.organization_id != ours:
            reason = "Metrics need a key of the default organization with the scope metrics:read."
            raise HTTPException(status.HTTP_403_FORBIDDEN, reason)


def _unauthenticated() -> HTTPException:
    return HTTPException(
        status.HTTP_401_UNAUTHORIZED,
        "An API key is needed: send it as `Authorization: Bearer tidings_…`; `tidings apikey create` makes one.",
        headers={"WWW-Authenticate": 'Bearer realm="Tidings"'},
    )
