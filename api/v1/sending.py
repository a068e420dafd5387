"""Sees to it that what was planned is sent, once it is committed and the client has its answer."""

from fastapi import BackgroundTasks, Request

from api.direct_sending import wake_direct_sending


def wake_later(background: BackgroundTasks, request: Request) -> None:
    """Wakes whoever sends direct messages, after the answer; what would go wrong then is for the sweep to mend."""
    state = request.app.state
    background.add_task(wake_direct_sending, state.api_engine, prefect_api_url=state.settings.prefect_api_url)
