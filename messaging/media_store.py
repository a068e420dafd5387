"""Where inbound media are kept: a folder, or whatever else fsspec reaches (s3://, gs://, abfs://).

https://filesystem-spec.readthedocs.io
"""

import contextlib
import hashlib
import shutil
from pathlib import Path
from typing import IO, Any

import fsspec

from messaging.errors import SettingsError
from messaging.settings import Settings


class MediaStore:
    """Files by their path. Its methods block, so call them from a thread; they raise `OSError`."""

    def __init__(self, address: str) -> None:
        """Raises `SettingsError` when the address is of a kind that cannot be opened here."""
        try:
            self._files: Any
            self._files, self._root = fsspec.core.url_to_fs(address)
        except (ValueError, ImportError) as error:
            raise SettingsError(f"TIDINGS_MEDIA_STORE cannot be opened: {error}.".replace("..", ".")) from None

    @classmethod
    def of(cls, settings: Settings) -> "MediaStore":
        """The store of the settings: the folder `media` in the home unless another is named."""
        return cls(settings.tidings_media_store or str(Path(settings.tidings_home).absolute() / "media"))

    def put(self, path: str, file: IO[bytes]) -> None:
        """Keeps a file under a path, whole or not at all; the same path again is replaced."""
        place = self._place(path)
        self._files.makedirs(place.rpartition("/")[0], exist_ok=True)
        with self._files.transaction, self._files.open(place, "wb") as kept:
            shutil.copyfileobj(file, kept)

    def open(self, path: str) -> IO[bytes]:
        """The file for reading. Raises `FileNotFoundError`."""
        opened: IO[bytes] = self._files.open(self._place(path), "rb")
        return opened

    def remove(self, path: str) -> None:
        """Deletes a file, if it is there."""
        with contextlib.suppress(FileNotFoundError):
            self._files.rm_file(self._place(path))

    def _place(self, path: str) -> str:
        return f"{self._root}/{path}"


def sha256_of(file: IO[bytes]) -> tuple[str, int]:
    """The SHA-256 of a file in hexadecimal digits, and its size; the file is at its beginning again."""
    digest, size = hashlib.sha256(), 0
    while piece := file.read(1024 * 1024):
        digest.update(piece)
        size += len(piece)
    file.seek(0)
    return digest.hexdigest(), size
