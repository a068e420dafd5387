"""Whether the API is alive, and whether it can do its work."""

from typing import Any

from fastapi import APIRouter, HTTPException, Request, status
from sqlalchemy import text
from sqlalchemy.ext.asyncio import AsyncConnection, AsyncEngine

from api.database_faults import NotStoredError, in_transaction, within

_PATIENCE = 1.0
_NOT_READY: dict[int | str, dict[str, Any]] = {503: {"description": "The database does not answer."}}
router = APIRouter(tags=["Health"])


@router.get("/healthz", summary="Is the process alive?")
async def alive() -> dict[str, str]:
    """Answers as long as the process runs, whatever the database does."""
    return {"status": "ok"}


@router.get("/readyz", summary="Can webhooks be stored?", responses=_NOT_READY)
async def ready(request: Request) -> dict[str, str]:
    """Asks the database a question, for at most a second."""
    engine: AsyncEngine = request.app.state.engine
    try:
        await within(_PATIENCE, in_transaction(engine, _ask))
    except NotStoredError:
        raise HTTPException(status.HTTP_503_SERVICE_UNAVAILABLE, "The database does not answer.") from None
    return {"status": "ok"}


async def _ask(connection: AsyncConnection) -> None:
    await connection.execute(text("SELECT 1"))
