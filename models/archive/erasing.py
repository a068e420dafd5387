"""Takes a person's deliveries out of the archive: each file they are in is written anew without them."""

from collections.abc import Callable, Collection, Mapping
from typing import Any

from models.archive.files import ArchiveFiles, pack

_NUMBERS = ("From", "To")


def remove_from_archive(
    files: ArchiveFiles,
    *,
    account_sid: str,
    addresses: Collection[str],
    told: Callable[[int, int], None] = lambda _, __: None,
) -> int:
    """Removes the account's deliveries from or to these addresses; returns how many there were. It blocks.

    A file at a time is in memory, and replaced whole or not at all, so it can be broken off and done again; nobody
    may write to the archive meanwhile (`Duty.ARCHIVING`). `told` hears of files done and of all. Raises
    `ArchiveUnusable`.
    """
    removed, names = 0, files.names()
    for done, name in enumerate(names, start=1):
        lines = list(files.read(name))
        kept = [line for line in lines if not _is_theirs(line, account_sid, addresses)]
        if len(kept) < len(lines):
            files.write(name, pack(kept))
            removed += len(lines) - len(kept)
        told(done, len(names))
    return removed


def _is_theirs(line: Mapping[str, Any], account_sid: str, addresses: Collection[str]) -> bool:
    return line["account_sid"] == account_sid and any(
        name in _NUMBERS and value.strip() in addresses for name, value in line["payload"]
    )
