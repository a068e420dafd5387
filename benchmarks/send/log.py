"""What the bare server saw."""

import json
import urllib.request


def read_log(server: str) -> dict[str, int]:
    """Requests in all, people who were written to, and people who were written to more than once."""
    with urllib.request.urlopen(f"{server}/log", timeout=10) as answer:  # noqa: S310  # our own server
        found: dict[str, int] = json.load(answer)
    return found


def clear_log(server: str) -> None:
    """Makes the server forget what it saw."""
    urllib.request.urlopen(f"{server}/reset", timeout=10).close()  # noqa: S310  # our own server
