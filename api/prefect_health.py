"""Whether Prefect's server answers."""

from urllib.parse import urlsplit

import httpx

from api.prefect_runs import credentials
from messaging.settings import is_loopback

_PATIENCE = 0.9


async def prefect_problem(prefect_api_url: str | None) -> str | None:
    """What is wrong, without what the address may hold beside its host; None when all is well.

    Without PREFECT_API_URL this process starts no flow runs, and needs no Prefect.
    """
    if prefect_api_url is None:
        return None
    parts = urlsplit(prefect_api_url)
    where = f"{parts.scheme}://{parts.netloc.rpartition('@')[2]}"
    try:
        async with httpx.AsyncClient(
            headers=credentials(),
            timeout=_PATIENCE,
            trust_env=not is_loopback(prefect_api_url),
            verify=parts.scheme == "https",  # to read all certificates takes longer than the question
        ) as client:
            answer = await client.get(f"{prefect_api_url.rstrip('/')}/health")
    except httpx.HTTPError:
        return f"{where} does not answer"
    return None if answer.is_success else f"{where} answered {answer.status_code}"
