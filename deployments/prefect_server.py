"""The embedded Prefect server: SQLite in the home, loopback only, no analytics."""

import sys
from collections.abc import Mapping

from deployments.ports import HOST


def server_environment(env: Mapping[str, str]) -> dict[str, str]:
    """A child's environment without foreign Prefect settings, which could lead the server to another database."""
    own = {
        name: value
        for name, value in env.items()
        if not name.startswith("PREFECT_")
        or name.startswith(("PREFECT_HOME", "PREFECT_API_URL", "PREFECT_LOGGING_"))
    }
    return {
        **own,
        "PREFECT_SERVER_ANALYTICS_ENABLED": "false",
        # Relative, so that the UI works through any tunnel or proxy.
        "PREFECT_UI_API_URL": "/api",
        "PREFECT_LOGGING_COLORS": "false",
    }


def server_command(port: int) -> list[str]:
    """Starts the server in the foreground."""
    return [sys.executable, "-m", "prefect", "server", "start", "--host", HOST, "--port", str(port)]
