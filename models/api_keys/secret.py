"""How a key is written: `tidings_PREFIX_SECRET`. The prefix finds it; of the rest only a hash is kept.

The secret has 256 random bits, so a plain SHA-256 suffices: there is nothing to guess that salt would slow.
"""

import hashlib
import hmac
import re
import secrets
from dataclasses import dataclass

_WRITTEN = re.compile(r"tidings_([0-9a-f]{12})_[A-Za-z0-9_-]{43}")


@dataclass(frozen=True, slots=True)
class Secret:
    """A whole key, shown once to who made it and sent by clients."""

    text: str

    @classmethod
    def new(cls) -> "Secret":
        """A fresh random one."""
        return cls(f"tidings_{secrets.token_hex(6)}_{secrets.token_urlsafe(32)}")

    @classmethod
    def read(cls, text: str) -> "Secret | None":
        """What a client sent, or None when it cannot be a key."""
        return cls(text) if _WRITTEN.fullmatch(text) else None

    @property
    def prefix(self) -> str:
        """The part that lists may show."""
        return self.text.split("_")[1]

    @property
    def digest(self) -> bytes:
        """SHA-256 of the whole text, 32 bytes."""
        return hashlib.sha256(self.text.encode()).digest()

    def fits(self, digest: bytes) -> bool:
        """Whether this is the key of the digest; takes the same time whatever differs."""
        return hmac.compare_digest(self.digest, digest)

    def __repr__(self) -> str:
        return f"Secret({self.prefix}…)"
