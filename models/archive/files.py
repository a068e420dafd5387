"""The archive's files: gzip with a JSON object a line, in a folder or wherever fsspec reaches.

A name tells from when to when the deliveries in a file were received, so that a replay opens only what it needs:
`2026/03/02/20260302T150000Z-20260302T155900Z-1-4711-5f0c….jsonl.gz`. They hold numbers and texts, as the database
does.
"""

import gzip
import json
import os
import re
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from typing import Any, Self

from fsspec import AbstractFileSystem
from fsspec.core import url_to_fs

from messaging.errors import TidingsError

_TIME = "%Y%m%dT%H%M%SZ"
_NAME = re.compile(r"(\d{8}T\d{6}Z)-(\d{8}T\d{6}Z)-\d+-\d+-[0-9a-f]+\.jsonl\.gz")


class ArchiveUnusable(TidingsError):
    """The archive cannot be reached, read or written; the text says which and why."""


def file_name(*, first: datetime, last: datetime, first_id: int, last_id: int, tag: str) -> str:
    """The name for deliveries received from `first` to `last`; `tag` is no other file's, in any database."""
    begin, end = first.astimezone(UTC), last.astimezone(UTC)
    return f"{begin:%Y/%m/%d}/{begin.strftime(_TIME)}-{end.strftime(_TIME)}-{first_id}-{last_id}-{tag}.jsonl.gz"


def pack(deliveries: Iterable[dict[str, Any]]) -> bytes:
    """Deliveries as a file's content; the same ones give the same bytes."""
    lines = "".join(json.dumps(delivery, separators=(",", ":")) + "\n" for delivery in deliveries)
    return gzip.compress(lines.encode(), mtime=0)


@dataclass(frozen=True, slots=True)
class ArchiveFiles:
    """Reads and writes whole files below one address; calls block. All raise `ArchiveUnusable`."""

    url: str
    system: AbstractFileSystem
    root: str

    @classmethod
    def at(cls, url: str) -> Self:
        """For an address such as file:///srv/archive or s3://bucket/prefix; an unknown kind is refused."""
        try:
            if "://" not in url:
                raise ValueError("it has no ://")
            system, root = url_to_fs(url)
        except (ValueError, ImportError, OSError) as error:
            raise ArchiveUnusable(
                f"The webhook archive {url} cannot be used: {error}; write it as file:///folder or s3://bucket/prefix."
            ) from None
        return cls(url, system, root.rstrip("/"))

    def write(self, name: str, content: bytes) -> None:
        """Writes a file whole or not at all; one of this name is replaced."""
        path = f"{self.root}/{name}"
        try:
            self.system.makedirs(path.rpartition("/")[0], exist_ok=True)
            if "file" in self._protocols:
                self._write_locally(path, content)
            else:
                self.system.pipe_file(path, content)  # object stores show an object when it is complete
        except Exception as error:  # each store has its own errors
            raise self._unusable("written", error) from error

    def read(self, name: str) -> Iterator[dict[str, Any]]:
        """The deliveries in a file."""
        try:
            content = gzip.decompress(self.system.cat_file(f"{self.root}/{name}"))
        except Exception as error:  # each store has its own errors
            raise self._unusable("read", error) from error
        return (json.loads(line) for line in content.splitlines())

    def names(self, *, since: datetime | None = None, until: datetime | None = None) -> list[str]:
        """Files with deliveries received from `since` on and before `until`, oldest first; others are passed."""
        try:
            paths = self.system.find(self.root)
        except Exception as error:  # each store has its own errors
            raise self._unusable("read", error) from error
        start = len(self.root.lstrip("/")) + 1
        names = sorted(path.lstrip("/")[start:] for path in paths)
        return [name for name in names if _overlaps(name, since=since, until=until)]

    def remove(self, name: str) -> None:
        """Deletes a file, if it is there."""
        try:
            self.system.rm_file(f"{self.root}/{name}")
        except FileNotFoundError:
            return
        except Exception as error:  # each store has its own errors
            raise self._unusable("written", error) from error

    def _write_locally(self, path: str, content: bytes) -> None:
        part = f"{path}.part"
        with self.system.open(part, "wb") as file:
            file.write(content)
            file.flush()
            os.fsync(file.fileno())
        self.system.mv(part, path)

    @property
    def _protocols(self) -> tuple[str, ...]:
        protocol = self.system.protocol
        return (protocol,) if isinstance(protocol, str) else tuple(protocol)

    def _unusable(self, done: str, error: Exception) -> ArchiveUnusable:
        return ArchiveUnusable(
            f"The webhook archive {self.url} cannot be {done}: {type(error).__name__}; check address and rights."
        )


def _overlaps(name: str, *, since: datetime | None, until: datetime | None) -> bool:
    fits = _NAME.fullmatch(name.rpartition("/")[2])
    if fits is None:
        return False
    first, last = (datetime.strptime(text, _TIME).replace(tzinfo=UTC) for text in fits.groups())
    return (until is None or first < until) and (since is None or last + timedelta(seconds=1) > since)
