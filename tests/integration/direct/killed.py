"""A process that sends direct messages, killed in the middle of its work."""

import os
import subprocess
import sys
from collections.abc import Awaitable, Callable

from pydantic import SecretStr

from messaging.settings import Settings
from tests.simulator.running import until

START_SECONDS = 30.0


async def killed_when(half_way: Callable[[], Awaitable[bool]], settings: Settings) -> None:
    """Starts it, and kills it as soon as it is half way."""
    command = [sys.executable, "-m", "tests.integration.direct.sender_process"]
    process = subprocess.Popen(command, env=_environment(settings), stdout=subprocess.DEVNULL)  # noqa: ASYNC220 (starts at once)
    try:
        await until(half_way, seconds=START_SECONDS)
    finally:
        process.kill()
        process.wait()


def _environment(settings: Settings) -> dict[str, str]:
    given = settings.model_dump(exclude_none=True, exclude_defaults=True)
    plain = {
        key: value.get_secret_value() if isinstance(value, SecretStr) else value for key, value in given.items()
    }
    return {**os.environ, "TIDINGS_ENV_FILE": "", **{key.upper(): str(value) for key, value in plain.items()}}
