"""The file of environment variables that lies in the working directory, or where TIDINGS_ENV_FILE says."""

import os
from pathlib import Path

from dotenv import dotenv_values


def env_file() -> Path | None:
    """The file to read now (`.env` by default); None when TIDINGS_ENV_FILE is set to nothing."""
    named = os.environ.get("TIDINGS_ENV_FILE", ".env")
    return Path(named) if named else None


def env_file_values() -> dict[str, str]:
    """Its variables that have a value; none when there is no such file."""
    path = env_file()
    if path is None or not path.is_file():
        return {}
    return {name: value for name, value in dotenv_values(path, encoding="utf-8").items() if value}
