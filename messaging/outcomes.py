"""What became of a message at Twilio, as a class that callers act on without knowing a single code.

The codes are rows of `data/outcomes.csv`, from Twilio's error dictionary
(https://www.twilio.com/docs/api/errors). Twilio adds codes and changes causes: one that is not listed is
`unknown_code`, which is never retried by itself, counted and alerted.
"""

import csv
from dataclasses import dataclass, replace
from enum import StrEnum
from pathlib import Path
from typing import Final, Self


class OutcomeClass(StrEnum):
    """What to do: see `retryable` and `Action`. `UNKNOWN` may have been sent and is never sent again blindly.

    `NOT_KEPT`: Twilio does not keep the message until its time; it is kept here and sent then.
    """

    ACCEPTED = "accepted"
    PERMANENT = "permanent"
    OPT_OUT = "opt_out"
    CONTENT = "content"
    CONFIG = "config"
    TRANSIENT = "transient"
    LONG_TRANSIENT = "long_transient"
    NOT_KEPT = "not_kept"
    UNKNOWN = "unknown"
    UNKNOWN_CODE = "unknown_code"


class Scope(StrEnum):
    """What an outcome is true of; a config outcome pauses it."""

    MESSAGE = "message"
    COUNTRY = "country"
    SENDER = "sender"
    CAMPAIGN = "campaign"


class Action(StrEnum):
    """What follows, beside the message's own state.

    `PAUSE` stops the scope until a person goes on with it, `PAUSE_IF_MANY` when there is a burst of them
    (`messaging.bursts`). `SLOW_DOWN` halves the sender's speed, `HOLD` lets it rest for the wait of the outcome.
    """

    NONE = "none"
    OPT_OUT = "opt_out"
    PAUSE = "pause"
    PAUSE_IF_MANY = "pause_if_many"
    SLOW_DOWN = "slow_down"
    HOLD = "hold"
    ALERT = "alert"


class Stage(StrEnum):
    """Where a code is met: in the answer to a request, or later with a status."""

    REQUEST = "request"
    DELIVERY = "delivery"


@dataclass(frozen=True, slots=True, kw_only=True)
class Verdict:
    """The meaning of a code; `sentence` is for people.

    `wait` is the least number of seconds before another try may help, None where there is none. `retry_after` is
    in seconds, as Twilio asked.
    """

    kind: OutcomeClass
    code: int | None
    scope: Scope
    action: Action
    sentence: str
    wait: float | None = None
    retry_after: float | None = None

    @property
    def retryable(self) -> bool:
        """Whether sending the same again, later, is safe and may help."""
        return self.kind in (OutcomeClass.TRANSIENT, OutcomeClass.LONG_TRANSIENT)


@dataclass(frozen=True, slots=True, kw_only=True)
class Outcome(Verdict):
    """What became of one request. `sid` and `status` are Twilio's own words when it accepted the message."""

    sid: str | None = None
    status: str | None = None
    http_status: int | None = None
    request_id: str | None = None

    @classmethod
    def of(
        cls,
        verdict: Verdict,
        *,
        sid: str | None = None,
        status: str | None = None,
        http_status: int | None = None,
        request_id: str | None = None,
    ) -> Self:
        """The verdict with what is known of its request."""
        return cls(
            kind=verdict.kind,
            code=verdict.code,
            scope=verdict.scope,
            action=verdict.action,
            sentence=verdict.sentence,
            wait=verdict.wait,
            retry_after=verdict.retry_after,
            sid=sid,
            status=status,
            http_status=http_status,
            request_id=request_id,
        )


DAY_SECONDS: Final = 86_400.0
ACCEPTED: Final = Verdict(
    kind=OutcomeClass.ACCEPTED,
    code=None,
    scope=Scope.MESSAGE,
    action=Action.NONE,
    sentence="Twilio accepted the message.",
)
MAYBE_SENT: Final = Verdict(
    kind=OutcomeClass.UNKNOWN,
    code=None,
    scope=Scope.MESSAGE,
    action=Action.NONE,
    sentence="Twilio's answer was lost or made no sense, so the message may have been sent; it is settled first.",
)
NOT_SENT: Final = Verdict(
    kind=OutcomeClass.TRANSIENT,
    code=None,
    scope=Scope.SENDER,
    action=Action.NONE,
    sentence="Twilio could not be reached and nothing was sent; it is tried again shortly.",
    wait=1.0,
)
_CODE_OF_STATUS = {401: 20003, 403: 20003, 404: 20404, 429: 20429}


def classify_rejection(*, http_status: int, code: int | None, retry_after: float | None = None) -> Verdict:
    """The verdict on an answer to a request that is not a created message.

    A 429 was never processed; any 4xx with Twilio's code was refused; everything else (a 5xx, a redirect, a 4xx
    that carries no code and so may not come from Twilio) may have been sent.
    """
    if not 400 <= http_status < 500:
        return replace(MAYBE_SENT, code=code, retry_after=retry_after)
    code = code or _CODE_OF_STATUS.get(http_status)
    if code is None:
        return MAYBE_SENT
    verdict = _verdict(Stage.REQUEST, code)
    if http_status == 429 and not verdict.retryable:
        verdict = replace(_verdict(Stage.REQUEST, 20429), code=code)
    return replace(verdict, retry_after=retry_after)


def classify_delivery(code: int | None) -> Verdict:
    """The verdict on the error code of a failed or undelivered message; None when Twilio gave none.

    Codes of requests come here too: a Messaging Service accepts a message before it picks the sender.
    """
    if code is None:
        return _unlisted(None, "Twilio gave no reason for the failure; look the message up in its console.")
    return _verdict(Stage.DELIVERY, code)


def listed() -> list[tuple[Stage, Verdict]]:
    """Every row of the table, by code; one that holds at both stages comes twice."""
    return sorted(((stage, verdict) for (stage, _), verdict in _TABLE.items()), key=lambda row: row[1].code or 0)


def _verdict(stage: Stage, code: int) -> Verdict:
    known = _TABLE.get((stage, code))
    if known is None and stage is Stage.DELIVERY:
        known = _TABLE.get((Stage.REQUEST, code))
    sentence = (
        f"Twilio's code {code} is not known here; look it up at https://www.twilio.com/docs/api/errors/{code}."
    )
    return known or _unlisted(code, sentence)


def _unlisted(code: int | None, sentence: str) -> Verdict:
    return Verdict(
        kind=OutcomeClass.UNKNOWN_CODE, code=code, scope=Scope.MESSAGE, action=Action.ALERT, sentence=sentence
    )


def _read_table() -> dict[tuple[Stage, int], Verdict]:
    table: dict[tuple[Stage, int], Verdict] = {}
    with (Path(__file__).parent / "data" / "outcomes.csv").open(encoding="utf-8", newline="") as file:
        for row in csv.DictReader(file):
            verdict = Verdict(
                kind=OutcomeClass(row["class"]),
                code=int(row["code"]),
                scope=Scope(row["scope"]),
                action=Action(row["action"]),
                sentence=row["sentence"],
                wait=_seconds(row["wait"]),
            )
            for stage in Stage if row["stage"] == "both" else (Stage(row["stage"]),):
                table[stage, int(row["code"])] = verdict
    return table


def _seconds(wait: str) -> float | None:
    """`day` is what caps of a day need: whether they end at midnight or roll, after 24 hours a cap is new."""
    return DAY_SECONDS if wait == "day" else float(wait) if wait else None


_TABLE: Final = _read_table()
