"""While a campaign is being sent: people who say STOP before their turn has come, and a few replies to look at."""

import asyncio
import random

from rich.console import Console

from cli.demo.simulator import Heard, Simulator
from messaging.phones import mask

_SECONDS_BETWEEN_STOPS = 2.0
_PEOPLE_AT_ONCE = 2
_SECONDS_BETWEEN_LINES = 1.0
_LINES = 10
_LONGEST = 40


async def say_stop_early(
    simulator: Simulator, *, agreed: frozenset[str], service_sid: str, over: asyncio.Event
) -> None:
    """Every two seconds has two people say STOP who agreed and were not written to yet; until `over`."""
    chance = random.Random(1)  # noqa: S311  # who they are is no secret
    waiting, seen = set(agreed), 0
    while waiting and not await _is_over(over, within=_SECONDS_BETWEEN_STOPS):
        news = await asyncio.to_thread(simulator.requests, after=seen)
        seen += len(news)
        waiting -= {request.to for request in news}
        for person in chance.sample(sorted(waiting), min(_PEOPLE_AT_ONCE, len(waiting))):
            waiting.discard(person)
            await asyncio.to_thread(simulator.say, person, "STOP", service_sid=service_sid)


async def show_replies(simulator: Simulator, console: Console, *, after: int, over: asyncio.Event) -> None:
    """Prints about one reply a second, ten at most, their senders masked; until `over`."""
    shown = 0
    while shown < _LINES and not await _is_over(over, within=_SECONDS_BETWEEN_LINES):
        news = await asyncio.to_thread(simulator.heard, after=after)
        if news:
            console.print(_line(news[-1]), style="red" if news[-1].keyword else "cyan")
            shown, after = shown + 1, news[-1].number


def _line(heard: Heard) -> str:
    return f"  {mask(heard.person)} writes: {heard.body[:_LONGEST]}"


async def _is_over(over: asyncio.Event, *, within: float) -> bool:
    try:
        await asyncio.wait_for(over.wait(), timeout=within)
    except TimeoutError:
        return False
    return True
