"""What every child is told, by environment variables only: a command line shows in `ps`."""

import os
from collections.abc import Mapping

from pydantic import SecretStr

from deployments.home import Home
from messaging.env_file import env_file_values
from messaging.settings import Settings
from tasks.process_guard import SERVED_BY

_LOOPBACK = "127.0.0.1,localhost"


def environment_for(
    settings: Settings, home: Home, *, inherited: Mapping[str, str] | None = None
) -> dict[str, str]:
    """The environment of a child: every setting that has a value, none read from `.env` again.

    Proxies are kept from loopback addresses. `inherited` defaults to our own environment, and what else the file
    of settings holds: organizations' secrets may lie there (`env:NAME`).
    """
    env = {**env_file_values(), **os.environ} if inherited is None else dict(inherited)
    env.pop(SERVED_BY, None)
    for name in type(settings).model_fields:
        value = getattr(settings, name)
        env.pop(name.upper(), None)
        if value is not None:
            env[name.upper()] = value.get_secret_value() if isinstance(value, SecretStr) else str(value)
    env["TIDINGS_HOME"] = str(home.path)
    env["TIDINGS_ENV_FILE"] = ""
    env["PREFECT_HOME"] = str(home.prefect)
    env["DO_NOT_TRACK"] = "1"
    # Children must not import what happens to lie in the folder they are started from.
    env["PYTHONSAFEPATH"] = "1"
    env["PYTHONUNBUFFERED"] = "1"
    for name in ("NO_PROXY", "no_proxy"):
        env[name] = f"{env[name]},{_LOOPBACK}" if env.get(name) else _LOOPBACK
    return env
