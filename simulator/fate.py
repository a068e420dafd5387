"""What becomes of an accepted message: its statuses, their distances in time, and the reason of a failure."""

from dataclasses import dataclass

from simulator.chance import Chance
from simulator.errors import DELIVERY_FAILURES
from simulator.messages import Message
from simulator.settings import Script, Settings

DEFAULT_FAILURE = {"undelivered": 30003, "failed": 30008}


@dataclass(frozen=True, slots=True)
class Step:
    """A status, the seconds after the one before, and the code and text of a failure."""

    status: str
    delay: float
    error: tuple[int, str] | None = None


def failure(code: int) -> tuple[int, str]:
    """A delivery failure's code with its text."""
    return code, DELIVERY_FAILURES.get(code, "Unknown error")


def fate_of(message: Message, *, settings: Settings, chance: Chance) -> list[Step]:
    """The statuses still to come after the initial one, in order; scripts go before shares."""
    script = settings.scripts.get(message.to, Script())
    delays = settings.delays
    end, code = _end(message, script=script, settings=settings, chance=chance)
    steps = []
    if message.status != "queued":
        steps.append(Step("queued", chance.within("queued", delays.queued)))
    if end == "failed":
        return [*steps, Step("failed", chance.within("final", delays.final), failure(code))]
    if chance.happens("sending", settings.outcomes.sending):
        steps.append(Step("sending", 0.0))
    steps.append(Step("sent", chance.within("sent", delays.sent)))
    if end == "undelivered":
        return [*steps, Step("undelivered", chance.within("final", delays.final), failure(code))]
    if end in ("delivered", "read"):
        steps.append(Step("delivered", chance.within("final", delays.final)))
    if end == "read":
        steps.append(Step("read", chance.within("read", delays.read)))
    return steps


def _end(message: Message, *, script: Script, settings: Settings, chance: Chance) -> tuple[str, int]:
    if script.status is not None:
        return script.status, script.error_code or DEFAULT_FAILURE.get(script.status, 0)
    outcomes = settings.outcomes
    shares = [("undelivered", outcomes.undelivered), ("failed", outcomes.failed)]
    end = chance.share_of("outcome", shares)
    if end == "undelivered":
        return end, chance.pick("code", outcomes.undelivered_codes)
    if end == "failed":
        return end, chance.pick("code", outcomes.failed_codes)
    is_read = message.to.startswith("whatsapp:") and chance.happens("read", outcomes.read)
    return ("read" if is_read else "delivered"), 0
