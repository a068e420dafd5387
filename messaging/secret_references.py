"""Secrets by reference: what is kept is where a secret lies, never the secret itself.

env:NAME            the environment variable NAME, or its line in the file that TIDINGS_ENV_FILE names
file:/absolute/path a file that its owner, and at most a group, can read; blanks around the secret do not count
"""

import os
import re
import stat
from pathlib import Path

from pydantic import SecretStr

from messaging.env_file import env_file_values
from messaging.errors import TidingsError

_REFERENCE = re.compile(r"env:[A-Za-z_][A-Za-z0-9_]*|file:/.+")


class NotAReference(TidingsError):
    """The text names no place where a secret could lie; it is not repeated, as it may be the secret."""


class SecretUnreadable(TidingsError):
    """There is no secret where the reference says, or everyone could read it."""


def check_reference(text: str, *, where: str) -> str:
    """The text, when it is a reference. Raises `NotAReference`, which names the option or field `where`."""
    if not _REFERENCE.fullmatch(text):
        raise NotAReference(
            f"{where} must say where the secret lies, env:NAME or file:/absolute/path; it must not be the secret."
        )
    return text


def read_secret(reference: str) -> SecretStr:
    """The secret as it is now, read anew each time. Raises `SecretUnreadable`, or `NotAReference`."""
    kind, _, place = check_reference(reference, where="A reference").partition(":")
    secret = _from_environment(place) if kind == "env" else _from_file(Path(place))
    if not secret:
        raise SecretUnreadable(f"{reference} is empty; put the secret there.")
    return SecretStr(secret)


def _from_environment(name: str) -> str:
    found = os.environ.get(name) or env_file_values().get(name)
    if found is None:
        raise SecretUnreadable(
            f"env:{name} is not set; set {name} where `tidings up` is started, or in its .env, and start it again."
        )
    return found


def _from_file(path: Path) -> str:
    try:
        if path.stat().st_mode & stat.S_IROTH:
            raise SecretUnreadable(f"file:{path} can be read by everyone; run `chmod o-r {path}` first.")
        return path.read_text(encoding="utf-8").strip()
    except OSError as error:
        raise SecretUnreadable(
            f"file:{path} cannot be read ({error.strerror}); see that it is there and readable."
        ) from None
    except UnicodeDecodeError:
        raise SecretUnreadable(f"file:{path} is not text; a secret is one line of text.") from None
