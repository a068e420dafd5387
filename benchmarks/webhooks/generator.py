"""`python -m benchmarks.webhooks.generator ORDER`: the load, in a process of its own; ORDER is JSON.

It makes and signs all calls first, says `ready`, waits for a line, posts, and prints what it heard as JSON.
"""

import json
import sys
from dataclasses import asdict, dataclass

import uvloop

from benchmarks.webhooks.caller import Caller, Heard
from benchmarks.webhooks.latency import percentile
from benchmarks.webhooks.traffic import Source, traffic


@dataclass(frozen=True, slots=True)
class Order:
    """Whom to call about which messages, and how: `per_second`, or as fast as answered for `seconds`."""

    port: int
    source: Source
    connections: int
    first: int
    messages: int
    seed: int
    per_second: float | None = None
    seconds: float = float("inf")

    def word(self) -> str:
        """The order as the word of a command."""
        return json.dumps(asdict(self))

    @classmethod
    def of(cls, word: str) -> "Order":
        """The order in a word."""
        values = json.loads(word)
        return cls(**{**values, "source": Source(**values["source"])})


@dataclass(frozen=True, slots=True)
class Summary:
    """What was heard: calls, those answered 2xx, the time it took, and latencies in seconds."""

    calls: int
    good: int
    seconds: float
    p50: float
    p95: float
    p99: float
    worst: float

    @classmethod
    def of(cls, heard: Heard) -> "Summary":
        """The figures of what was heard."""
        marks = (percentile(heard.latencies, share) for share in (0.50, 0.95, 0.99, 1.0))
        return cls(len(heard.statuses), heard.good(), heard.seconds, *marks)

    @property
    def per_second(self) -> float:
        """Calls answered 2xx a second."""
        return self.good / self.seconds


async def post(order: Order) -> Heard:
    """Posts what is ordered, once a line on standard input says so."""
    calls = traffic(order.source, messages=order.messages, seed=order.seed, first=order.first)
    sys.stdout.write("ready\n")
    sys.stdout.flush()
    sys.stdin.readline()
    caller = Caller(order.port, connections=order.connections)
    if order.per_second is not None:
        return await caller.at_rate(calls, per_second=order.per_second)
    return await caller.at_will(calls, seconds=order.seconds)


if __name__ == "__main__":
    sys.stdout.write(json.dumps(asdict(Summary.of(uvloop.run(post(Order.of(sys.argv[1])))))) + "\n")
