"""Whether campaigns can be started: Twilio must reach us, and Prefect must have an address."""

from typing import Annotated

from fastapi import Depends, Request

from api.v1.problems import Kind, ProblemError
from messaging.settings import Settings


async def _prefect_url(request: Request) -> str:
    """The address of Prefect's API. Raises `SettingsError` (503) for callbacks that could never come back."""
    settings: Settings = request.app.state.settings
    settings.require_reachable_callbacks()
    if settings.prefect_api_url is None:
        raise ProblemError(Kind.UNAVAILABLE, "PREFECT_API_URL is not set, so no campaign can be started.")
    return settings.prefect_api_url


PrefectUrl = Annotated[str, Depends(_prefect_url)]
