"""SIGTERM lets what is under way finish, and then has its usual effect."""

import asyncio
import os
import signal
from collections.abc import Iterator
from types import FrameType

import pytest

from tasks.stopping import until_told_to_stop


class Terminated(BaseException):
    """What the handler of these tests raises, as Prefect's does."""


async def never() -> None:
    pytest.fail("nobody asked to stop")


@pytest.fixture(autouse=True)
def raising_handler() -> Iterator[None]:
    def terminate(_signal: int, _frame: FrameType | None) -> None:
        raise Terminated

    before = signal.signal(signal.SIGTERM, terminate)
    yield
    signal.signal(signal.SIGTERM, before)


async def test_answers_under_way_are_kept_before_the_signal_strikes() -> None:
    kept: list[str] = []

    async def work() -> None:
        try:
            await asyncio.sleep(30)
        finally:
            await asyncio.sleep(0.05)
            kept.append("answer")

    async def tell() -> None:
        await asyncio.sleep(0.1)
        kept.append("told")

    asyncio.get_running_loop().call_later(0.05, os.kill, os.getpid(), signal.SIGTERM)
    with pytest.raises(Terminated):
        await until_told_to_stop(work(), when_told=tell)
    assert sorted(kept) == ["answer", "told"]


async def test_work_that_ends_by_itself_leaves_the_handler_as_it_was() -> None:
    handler = signal.getsignal(signal.SIGTERM)
    await until_told_to_stop(asyncio.sleep(0), when_told=never)
    assert signal.getsignal(signal.SIGTERM) is handler


async def test_an_error_of_the_work_comes_through() -> None:
    async def work() -> None:
        raise ValueError("its own")

    with pytest.raises(ValueError, match="its own"):
        await until_told_to_stop(work(), when_told=never)


async def test_a_signal_is_obeyed_though_telling_it_failed() -> None:
    async def tell() -> None:
        raise ValueError("no answer")

    asyncio.get_running_loop().call_later(0.05, os.kill, os.getpid(), signal.SIGTERM)
    with pytest.raises(Terminated):
        await until_told_to_stop(asyncio.sleep(30), when_told=tell)
