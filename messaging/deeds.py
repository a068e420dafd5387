"""What Tidings does about each code of Twilio's, in words; the rows are those of `messaging.outcomes`."""

from dataclasses import dataclass

from messaging.outcomes import (
    Action,
    OutcomeClass,
    Scope,
    Stage,
    Verdict,
    classify_delivery,
    classify_rejection,
    listed,
)

_SCOPE = {
    Scope.MESSAGE: "the message",
    Scope.COUNTRY: "the sender for this country",
    Scope.SENDER: "the sender",
    Scope.CAMPAIGN: "the campaign",
}
_AT_REQUEST = {
    OutcomeClass.ACCEPTED: "goes on",
    OutcomeClass.PERMANENT: "does not send it again",
    OutcomeClass.OPT_OUT: "does not send it again",
    OutcomeClass.CONTENT: "does not send it again",
    OutcomeClass.CONFIG: "does not send it again",
    OutcomeClass.NOT_KEPT: "keeps it here and sends it at its time",
    OutcomeClass.UNKNOWN: "finds out at Twilio whether it was sent, before anything else",
    OutcomeClass.UNKNOWN_CODE: "does not send it again, counts it and raises an alarm",
}


@dataclass(frozen=True, slots=True)
class Deed:
    """A code at one stage: its verdict, and what Tidings does about it."""

    stage: Stage
    verdict: Verdict
    does: str


def deeds(code: int | None = None) -> list[Deed]:
    """One for each code and stage in the table; of one code only that, also when nobody knows it."""
    rows = [(stage, verdict) for stage, verdict in listed() if code is None or verdict.code == code]
    if code is not None and not rows:
        rows = [
            (Stage.REQUEST, classify_rejection(http_status=400, code=code)),
            (Stage.DELIVERY, classify_delivery(code)),
        ]
    return [Deed(stage, verdict, _words(stage, verdict)) for stage, verdict in rows]


def _words(stage: Stage, verdict: Verdict) -> str:
    return "; ".join(part for part in (_of_message(stage, verdict), _of_action(verdict)) if part)


def _of_message(stage: Stage, verdict: Verdict) -> str:
    if stage is Stage.DELIVERY:
        told = verdict.kind is OutcomeClass.UNKNOWN_CODE
        return "counts it as failed and raises an alarm" if told else _ended(verdict)
    if verdict.action is Action.PAUSE:
        return "keeps it to be sent later"
    if verdict.wait is None:
        return _AT_REQUEST[verdict.kind]
    more = ", longer each time" if verdict.kind is OutcomeClass.TRANSIENT else ""
    return f"sends it again after {_span(verdict.wait)}{more}"


def _ended(verdict: Verdict) -> str:
    return (
        "goes on" if verdict.kind is OutcomeClass.ACCEPTED else "counts it as failed, and does not send it again"
    )


def _of_action(verdict: Verdict) -> str:
    return {
        Action.NONE: "",
        Action.OPT_OUT: "opts the person out",
        Action.PAUSE: f"pauses {_SCOPE[verdict.scope]} until a person goes on",
        Action.PAUSE_IF_MANY: f"pauses {_SCOPE[verdict.scope]} if there are many",
        Action.SLOW_DOWN: "slows the sender down, and lets it recover by itself",
        Action.HOLD: f"lets the sender rest for {_span(verdict.wait or 0)}",
        Action.ALERT: "" if verdict.kind is OutcomeClass.UNKNOWN_CODE else "raises an alarm",
    }[verdict.action]


def _span(seconds: float) -> str:
    for unit, length in (("hour", 3_600), ("minute", 60), ("second", 1)):
        if seconds >= length:
            number = round(seconds / length)
            return f"{number} {unit}" + ("" if number == 1 else "s")
    return "a moment"
