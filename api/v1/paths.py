"""Where the JSON API is."""

API = "/api"
V1 = f"{API}/v1"
_KIBIBYTE = 1024

LARGEST_BODY = 1024 * _KIBIBYTE
"""Bytes of a request's body."""

LARGER_BODIES = {f"{V1}/messages/bulk": 8 * 1024 * _KIBIBYTE}
"""Addresses that take more: 10,000 recipients with a text of 160 characters each are some 3 MiB."""


def is_api(path: str) -> bool:
    """Whether a path is behind the guard."""
    return path == API or path.startswith(f"{API}/")
