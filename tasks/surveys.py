"""What surveys, double opt-ins and reviews need of the sweep: late ones end, and people are reminded."""

from collections import Counter
from collections.abc import Awaitable, Callable

from models.consent.double_opt_in import expire_pending
from models.reviews.keeping import keep_in_step
from models.surveys.ending import time_out_surveys
from models.surveys.reminding import remind_of_surveys
from tasks.equipment import Equipment

_STEPS: dict[str, Callable[..., Awaitable[int]]] = {
    "timed out": time_out_surveys,
    "reminded": remind_of_surveys,
    "never confirmed": expire_pending,
    "in step with reviews": keep_in_step,
}


async def tend_surveys(tools: Equipment) -> Counter[str]:
    """Does all that is due, some at a time, each in a transaction of its own; counts by what was done."""
    tally: Counter[str] = Counter()
    for name, step in _STEPS.items():
        while done := await _once(tools, step):
            tally[name] += done
    return tally


async def _once(tools: Equipment, step: Callable[..., Awaitable[int]]) -> int:
    async with tools.engine.begin() as connection:
        return await step(connection, now=tools.clock())
