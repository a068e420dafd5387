"""Whether the API is alive, and whether it and what it needs can do their work."""

import asyncio
from typing import Any

from fastapi import APIRouter, Request, Response, status
from sqlalchemy.ext.asyncio import AsyncEngine

from api.prefect_health import prefect_problem
from api.schema_health import schema_problem
from messaging.settings import Settings

_OK = "ok"
_NOT_READY: dict[int | str, dict[str, Any]] = {503: {"description": "What is not ok says why."}}
router = APIRouter(tags=["Health"])


@router.get("/healthz", summary="Is the process alive?")
async def alive() -> dict[str, str]:
    """Answers as long as the process runs, whatever the database does."""
    return {"status": _OK}


@router.get("/readyz", summary="Can everything do its work?", responses=_NOT_READY)
async def ready(request: Request, response: Response) -> dict[str, str]:
    """Asks the database and Prefect, for at most a second. Without Prefect nothing is sent."""
    settings: Settings = request.app.state.settings
    webhooks, prefect = await asyncio.gather(_webhooks(request), prefect_problem(settings.prefect_api_url))
    told = _told({**webhooks, "prefect": prefect or _OK}, response)
    return told if settings.clock is None else {**told, "clock": settings.clock.sentence}


@router.get("/readyz/webhooks", summary="Can webhooks be stored?", responses=_NOT_READY)
async def ready_for_webhooks(request: Request, response: Response) -> dict[str, str]:
    """Asks the database alone: for whatever decides whether Twilio's requests still go to this process."""
    return _told(await _webhooks(request), response)


async def _webhooks(request: Request) -> dict[str, str]:
    engine: AsyncEngine = request.app.state.engine
    database, schema = await schema_problem(engine)
    return {"database": database or _OK, "schema": schema or _OK}


def _told(parts: dict[str, str], response: Response) -> dict[str, str]:
    if all(said == _OK for said in parts.values()):
        return {"status": _OK, **parts}
    response.status_code = status.HTTP_503_SERVICE_UNAVAILABLE
    return {"status": "not ready", **parts}
