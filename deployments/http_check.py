"""Whether an HTTP address answers as a healthy part does."""

import httpx

from messaging.settings import is_loopback


def http_problem(url: str, *, headers: dict[str, str] | None = None, seconds: float = 2.0) -> str | None:
    """Why a GET does not bring a 2xx answer, in a few words; None when it does."""
    try:
        # A proxy of the environment has no part in loopback addresses.
        with httpx.Client(trust_env=not is_loopback(url), timeout=seconds) as client:
            answer = client.get(url, headers=headers)
    except httpx.TimeoutException:
        return f"no answer from {url} in {seconds:g} s"
    except httpx.HTTPError:
        return f"no connection to {url}"
    return None if answer.is_success else f"{url} answered {answer.status_code}"
