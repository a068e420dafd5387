"""Latencies in the words of the requirement."""

from collections.abc import Sequence
from math import ceil


def percentile(latencies: Sequence[float], share: float) -> float:
    """The least latency that at least this share of them does not exceed (nearest rank); 0 of none."""
    ordered = sorted(latencies)
    return ordered[max(0, ceil(share * len(ordered)) - 1)] if ordered else 0.0
