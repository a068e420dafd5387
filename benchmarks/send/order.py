"""What every contestant is told: where to send, to how many, how many at once; and how it tells what it did."""

import argparse
import json
import sys
import time
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass

from benchmarks.database import ACCOUNT_SID, SERVICE_SID

TWILIO_URL = "https://api.twilio.com"
BODY = "Hi Ada, our winter sale begins on Friday. Reply STOP to opt out."


@dataclass(frozen=True, slots=True)
class Order:
    """An order to send one message to each of `people` numbers, `in_flight` at once."""

    server: str
    people: int
    in_flight: int

    account_sid: str = ACCOUNT_SID
    service_sid: str = SERVICE_SID
    body: str = BODY

    @classmethod
    def from_words(cls, words: Sequence[str]) -> "Order":
        """The order as given on a command line."""
        parser = argparse.ArgumentParser()
        parser.add_argument("--server", required=True)
        parser.add_argument("--people", type=int, required=True)
        parser.add_argument("--in-flight", type=int, required=True)
        asked, _ = parser.parse_known_args(words)
        return cls(server=asked.server, people=asked.people, in_flight=asked.in_flight)

    def words(self) -> list[str]:
        """The order for a command line."""
        return ["--server", self.server, "--people", str(self.people), "--in-flight", str(self.in_flight)]

    def numbers(self) -> Iterator[str]:
        """Whom to write to, in an area code that does not exist."""
        return (f"+1555{number:07d}" for number in range(1, self.people + 1))


@contextmanager
def timed() -> Iterator[None]:
    """Tells the benchmark when the first message may leave, and how long it took until all was recorded."""
    _tell("begin", 0.0)
    began = time.perf_counter()
    yield
    _tell("seconds", time.perf_counter() - began)


def _tell(what: str, number: float) -> None:
    sys.stdout.write(json.dumps({what: number}) + "\n")
    sys.stdout.flush()
