"""Whether the Prefect server can be used; flow runs are started by `api.prefect_runs`."""

from api.prefect_runs import PrefectUnavailable, credentials
from deployments.http_check import http_problem


def prefect_problem(prefect_api_url: str, *, seconds: float = 3.0) -> str | None:
    """Why the server cannot be used, in a few words; None when it is healthy."""
    return http_problem(f"{prefect_api_url.rstrip('/')}/health", headers=credentials(), seconds=seconds)


def require_prefect(prefect_api_url: str) -> None:
    """Raises `PrefectUnavailable` unless the server is healthy."""
    problem = prefect_problem(prefect_api_url)
    if problem is not None:
        raise PrefectUnavailable(
            f"The Prefect server of PREFECT_API_URL cannot be used: {problem}; start it, correct the address, "
            "or unset PREFECT_API_URL to use the embedded one."
        )
