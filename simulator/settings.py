"""Everything that can be set about the simulated Twilio, when it starts and while it runs."""

from typing import Annotated, Any, Literal, Self

from pydantic import BaseModel, ConfigDict, Field, ValidationError, field_validator, model_validator

from simulator.business_time import BusinessTime
from simulator.errors import SimulatorError

Share = Annotated[float, Field(ge=0, le=1)]
Seconds = Annotated[float, Field(ge=0)]
FinalStatus = Literal["sent", "delivered", "undelivered", "failed", "read"]
FaultName = Literal[
    "too_many_requests",
    "error_before",
    "error_after",
    "reset_before",
    "reset_after",
    "timeout_before",
    "timeout_after",
    "malformed",
    "truncated",
    "no_sid",
]


class _Part(BaseModel):
    model_config = ConfigDict(extra="forbid", frozen=True)


class Span(_Part):
    """Seconds drawn evenly between `low` and `high` for each message."""

    low: Seconds = 0.0
    high: Seconds = 0.0

    @model_validator(mode="after")
    def _in_order(self) -> Self:
        if self.low > self.high:
            raise ValueError("low must not exceed high")
        return self


class Delays(_Part):
    """Seconds from the status before: acceptance → queued → sent → final → read."""

    queued: Span = Span(low=0.02, high=0.1)
    sent: Span = Span(low=0.1, high=0.4)
    final: Span = Span(low=0.3, high=1.2)
    read: Span = Span(low=0.5, high=2.0)


class Outcomes(_Part):
    """Shares of accepted messages by how they end; the rest is delivered."""

    undelivered: Share = 0.0
    undelivered_codes: Annotated[list[int], Field(min_length=1)] = [30003, 30005, 30006]
    failed: Share = 0.0
    failed_codes: Annotated[list[int], Field(min_length=1)] = [30007, 30008, 30004]
    sending: Share = 0.0
    """Share that also reports `sending` between queued and sent."""
    read: Share = 0.0
    """Share of delivered WhatsApp messages that are read."""

    @model_validator(mode="after")
    def _at_most_all(self) -> Self:
        if self.undelivered + self.failed > 1:
            raise ValueError("undelivered and failed must not exceed 1 together")
        return self


class Callbacks(_Part):
    """Status callbacks: how many arrive in disorder, and how they are tried again."""

    duplicated: Share = 0.0
    """Share of single callbacks that are posted twice."""
    lost: Share = 0.0
    """Share of single callbacks that are never posted."""
    out_of_order: Share = 0.0
    """Share of messages of which one callback is held back until after the last."""
    early: Share = 0.0
    """Share whose first callback is posted before the create request is answered."""
    retry_delay: Seconds = 0.5
    """Wait before the first retry, doubled for each further one, within the URL's total time `tt`."""


class People(_Part):
    """What recipients do with a delivered message; needs `inbound_url`."""

    reply: Share = 0.0
    texts: Annotated[list[str], Field(min_length=1)] = ["Thanks!", "Who is this?", "OK, see you then", "👍"]
    stop: Share = 0.0
    stop_texts: Annotated[list[str], Field(min_length=1)] = ["STOP", "Stop", "unsubscribe"]
    delay: Span = Span(low=0.2, high=1.0)

    @model_validator(mode="after")
    def _at_most_all(self) -> Self:
        if self.reply + self.stop > 1:
            raise ValueError("reply and stop must not exceed 1 together")
        return self


class Faults(_Part):
    """Shares of create requests that go wrong; `before` means nothing was accepted, `after` the answer is lost."""

    too_many_requests: Share = 0.0
    error_before: Share = 0.0
    error_after: Share = 0.0
    reset_before: Share = 0.0
    reset_after: Share = 0.0
    timeout_before: Share = 0.0
    timeout_after: Share = 0.0
    malformed: Share = 0.0
    """Accepted, answered 201 with a body that is not JSON."""
    truncated: Share = 0.0
    """Accepted, the answer ends in the middle of the body."""
    no_sid: Share = 0.0
    """Accepted, answered 201 with JSON that has no sid."""
    timeout_seconds: Seconds = 60.0
    """How long a held answer is held before the connection is dropped."""

    @model_validator(mode="after")
    def _at_most_all(self) -> Self:
        if sum(share for _, share in self.shares()) > 1:
            raise ValueError("the shares of faults must not exceed 1 together")
        return self

    def shares(self) -> list[tuple[str, float]]:
        """Every fault's name with its share, in the order of definition."""
        return [(name, value) for name, value in self if name != "timeout_seconds"]


class Script(_Part):
    """What happens to every message to one number, whatever the shares say."""

    error: int | None = None
    """Refuse the create request with this Twilio code."""
    fault: FaultName | None = None
    status: FinalStatus | None = None
    error_code: int | None = None
    """ErrorCode of an undelivered or failed end."""
    reply: str | None = None
    """Text the recipient answers after delivery."""


class Settings(_Part):
    """The whole settings object, as `--config` reads it and `/simulator/settings` shows it."""

    seed: int = 1
    clock: str | None = None
    """The time by which `SendAt` is judged and kept, as BEGIN x PACE since REAL; None is the real one."""
    inbound_url: str | None = None
    advanced_opt_out: bool = False
    """Send `OptOutType` with inbound STOP, START and HELP, as Advanced Opt-Out does."""
    block_after_stop: bool = True
    """Refuse creates to who sent STOP with 21610, until START."""
    confirm_opt_outs: bool = True
    """Record Twilio's own automatic answer to STOP, START and HELP as an outbound-reply."""
    latency: Span = Span()
    """Seconds between receiving a create request and accepting it."""
    segments_per_second: Annotated[float, Field(gt=0)] | None = None
    """Rate at which one Messaging Service (or From number) sends; None is without limit."""
    api_concurrency: Annotated[int, Field(ge=1)] | None = None
    """Create requests at once before 429."""
    api_rate: Annotated[float, Field(gt=0)] | None = None
    """Create requests a second before 429."""
    retry_after: Annotated[int, Field(ge=0)] | None = None
    """Seconds that a 429 asks for in its Retry-After header; None sends no such header."""
    pool_size: Annotated[int, Field(ge=1, le=100)] = 2
    """Numbers in a Messaging Service's pool; applies to services first seen later."""
    owned_numbers: list[str] | None = None
    """From numbers of this account; None accepts every valid one."""
    messaging_services: list[str] | None = None
    """Messaging Services of this account; None accepts every well-formed SID."""
    first_services: list[str] = []
    """Messaging Services that have their numbers from the beginning, in this order; others when first seen."""
    delays: Delays = Delays()
    outcomes: Outcomes = Outcomes()
    callbacks: Callbacks = Callbacks()
    people: People = People()
    faults: Faults = Faults()
    cancel_fault: FaultName | None = None
    """What goes wrong with every request to cancel a message; `after` means that it was canceled."""
    scripts: dict[str, Script] = {}

    @field_validator("clock", mode="after")
    @classmethod
    def _readable(cls, value: str | None) -> str | None:
        BusinessTime.read(value)
        return value

    @property
    def business_time(self) -> BusinessTime:
        """The clock, read."""
        return BusinessTime.read(self.clock)


def merge(target: dict[str, Any], patch: dict[str, Any]) -> dict[str, Any]:
    """A JSON merge patch (RFC 7396): objects merge, null removes (back to the default), the rest replaces."""
    result = dict(target)
    for name, value in patch.items():
        if value is None:
            result.pop(name, None)
        elif isinstance(value, dict):
            below = result.get(name)
            result[name] = merge(below if isinstance(below, dict) else {}, value)
        else:
            result[name] = value
    return result


def changed(settings: Settings, patch: dict[str, Any]) -> Settings:
    """New settings with a merge patch applied. Raises `SimulatorError` that names the first bad field."""
    try:
        return Settings.model_validate(merge(settings.model_dump(), patch))
    except ValidationError as error:
        first = error.errors()[0]
        place = ".".join(str(part) for part in first["loc"])
        reason = first["msg"].removeprefix("Value error, ")
        raise SimulatorError(f"Setting {place or 'object'} is refused: {reason}.") from None
