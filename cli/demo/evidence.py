"""What the judge has to go by: the file, the simulator's logs, and what our reports say of the same."""

from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass
from functools import cached_property

from cli.demo.people_in_file import People
from cli.demo.simulator import Heard, Request
from models.campaigns.report import Report

STOP = "STOP"


@dataclass(frozen=True)
class Sending:
    """One campaign as it went: its report, and the simulator's log of the requests with its text.

    `began` and `ended` in seconds of CLOCK_MONOTONIC; `flow_run` is the state type that Prefect's run ended in.
    """

    report: Report
    requests: Sequence[Request]
    began: float
    ended: float
    flow_run: str | None

    @property
    def name(self) -> str:
        """The campaign's name."""
        return self.report.name

    @cached_property
    def texted(self) -> Counter[str]:
        """How many requests there were to each number."""
        return Counter(request.to for request in self.requests)


@dataclass(frozen=True)
class Evidence:
    """Everything that was seen; `others` are requests of no campaign, of which there must be none."""

    people: People
    heard: Sequence[Heard]
    sendings: Sequence[Sending]
    others: Sequence[Request]
    marketing_service: str

    @cached_property
    def stops(self) -> list[Heard]:
        """Every STOP that people sent."""
        return [message for message in self.heard if message.keyword == STOP]

    @property
    def requests(self) -> list[Request]:
        """Every request of every kind."""
        return [*(request for sending in self.sendings for request in sending.requests), *self.others]
