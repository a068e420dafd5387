"""The keyed hash of a phone number: what is left of someone who was erased, so that they stay unwritten to.

HMAC-SHA256 (RFC 2104) by TIDINGS_HASH_KEY. Without the key nobody can tell from a hash whose it was, though there
are few enough numbers to try them all; so the key never goes into the database.
"""

import hmac
from typing import Self

from pydantic import SecretStr

from messaging.settings import Settings

_KEY_CHECK = b"which key is this"


class NumberHash:
    """Hashes numbers by one key; `key_id` tells keys apart without telling anything of them."""

    def __init__(self, key: SecretStr) -> None:
        self._key = key.get_secret_value().encode()
        self.key_id = self.of_bytes(_KEY_CHECK).hex()[:16]

    @classmethod
    def of(cls, settings: Settings) -> Self | None:
        """By the settings' key; None when there is none."""
        return cls(settings.tidings_hash_key) if settings.tidings_hash_key else None

    def __call__(self, phone: str) -> bytes:
        """The hash of a number in E.164: 32 bytes."""
        return self.of_bytes(phone.encode())

    def of_bytes(self, data: bytes) -> bytes:
        """The hash of anything else that could be guessed."""
        return hmac.digest(self._key, data, "sha256")
