"""Connection overrides in a webhook URL's fragment, such as `#rc=5&rp=all`.

Source: https://www.twilio.com/docs/usage/webhooks/webhooks-connection-overrides
"""

from dataclasses import dataclass
from urllib.parse import parse_qs, urlsplit

# key -> (lowest, highest, default)
_RANGES = {"ct": (100, 10_000, 5_000), "rt": (100, 15_000, 15_000), "tt": (100, 15_000, 15_000), "rc": (0, 5, 1)}
_POLICIES = {"4xx", "5xx", "ct", "rt", "all"}


@dataclass(frozen=True, slots=True)
class Overrides:
    """Time limits in seconds, how many retries, and what is retried."""

    connect: float
    read: float
    total: float
    retries: int
    policy: frozenset[str]

    def retry(self, failure: str) -> bool:
        """Whether a failure (`ct`, `rt`, `4xx` or `5xx`) is tried again."""
        return failure in self.policy or "all" in self.policy


def parse_overrides(url: str) -> Overrides:
    """The overrides of a URL; a value that is missing, malformed or out of range counts as the default."""
    given = parse_qs(urlsplit(url).fragment)
    number = {key: _number(given.get(key, [""])[0], *limits) for key, limits in _RANGES.items()}
    policy = frozenset(given.get("rp", ["ct"])[0].split(",")) & _POLICIES or frozenset({"ct"})
    return Overrides(number["ct"] / 1000, number["rt"] / 1000, number["tt"] / 1000, number["rc"], policy)


def _number(text: str, lowest: int, highest: int, default: int) -> int:
    value = int(text) if text.isascii() and text.isdigit() else default
    return value if lowest <= value <= highest else default
