"""A Prefect deployment run for an event; the same event never starts it twice, by Prefect's idempotency key."""

from api.prefect_runs import PrefectUnavailable, start_run
from models.events.delivered import Attempt
from models.events.outgoing import Claimed, Listener


async def run_deployment(prefect_api_url: str | None, listener: Listener, claimed: Claimed) -> Attempt:
    """Schedules a run of the deployment ("flow/deployment") with the event, ids only, as its parameter `event`."""
    if prefect_api_url is None:
        return Attempt(claimed.id, claimed.attempts, error="PREFECT_API_URL is not set.")
    event = claimed.event
    try:
        await start_run(
            prefect_api_url,
            deployment=listener.address,
            parameters={"event": event.to_json()},
            tags=["tidings-event", event.kind],
            idempotency_key=f"{event.public_id}:{listener.id}",
        )
    except PrefectUnavailable as error:
        return Attempt(claimed.id, claimed.attempts, error=str(error))
    return Attempt(claimed.id, claimed.attempts)
