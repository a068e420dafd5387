"""How the simulated Twilio misbehaves: shares of requests that go wrong, and callbacks in disorder."""

from typing import Any

FAULTS = {
    "error_before": 0.005,
    "error_after": 0.007,
    "reset_before": 0.007,
    "reset_after": 0.007,
    "timeout_before": 0.004,
    "timeout_after": 0.005,
    "malformed": 0.005,
    "truncated": 0.005,
    "no_sid": 0.0045,
    "too_many_requests": 0.0005,
}
"""5 % in all. Few single 429s: each halves the sender's speed, and the storms bring enough of them."""
QUICK = {"queued": (0.0, 0.05), "sent": (0.02, 0.2), "final": (0.05, 0.5), "read": (0.1, 0.3)}
CODES = [30004, 30008]
"""None by which a number counts as unreachable: the next campaign would rightly leave it out."""
STORM_RATE = 10.0
"""Requests a second that Twilio takes during a storm; all others are answered 429."""


def settings(*, seed: int, inbound_url: str, lost_callbacks: float) -> dict[str, Any]:
    """The simulator's settings for one campaign."""
    return {
        "seed": seed,
        "inbound_url": f"{inbound_url}#rc=5&rp=all",
        "block_after_stop": False,  # or it would hide what we should not have sent
        "delays": {name: {"low": low, "high": high} for name, (low, high) in QUICK.items()},
        "outcomes": {"undelivered": 0.03, "undelivered_codes": CODES, "failed": 0.01, "sending": 0.1},
        "callbacks": {"duplicated": 0.05, "out_of_order": 0.05, "early": 0.05, "lost": lost_callbacks},
        "people": {"reply": 0.01, "stop": 0.005},
        "faults": {**FAULTS, "timeout_seconds": 10.0},
    }
