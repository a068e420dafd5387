"""The API as a process that goes by the set clock: `python -m tests.reminders_week.receiver PORT`."""

import os
import sys
from pathlib import Path

import uvicorn

from messaging.business_time import keep_time_by
from tests.reminders_week.clock import VARIABLE, SetClock


def main(port: str) -> None:
    """Serves until it is killed."""
    keep_time_by(SetClock(Path(os.environ[VARIABLE])))
    uvicorn.run("api.app:create_app", factory=True, port=int(port), access_log=False, log_level="warning")


if __name__ == "__main__":
    main(*sys.argv[1:])
