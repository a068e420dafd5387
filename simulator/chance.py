"""Chance that repeats: every draw depends on the seed, the message and the name of the draw only."""

from collections.abc import Sequence
from hashlib import blake2b
from typing import TypeVar

from simulator.settings import Span

T = TypeVar("T")


class Chance:
    """Draws for one message; the same key and name always give the same draw, in any order."""

    __slots__ = ("_key",)

    def __init__(self, seed: int, to: str, body: str, nth: int) -> None:
        """`nth` counts earlier requests with the same To and Body, so that a retry has a luck of its own."""
        text = f"{seed}\0{to}\0{body}\0{nth}".encode(errors="surrogatepass")
        self._key = blake2b(text, digest_size=16).digest()

    def roll(self, name: str) -> float:
        """A number in [0, 1)."""
        digest = blake2b(name.encode(), key=self._key, digest_size=8).digest()
        return (int.from_bytes(digest) >> 11) / (1 << 53)

    def happens(self, name: str, share: float) -> bool:
        """True for about `share` of all messages."""
        return share > 0 and self.roll(name) < share

    def pick(self, name: str, choices: Sequence[T]) -> T:
        """One of the choices, each as likely."""
        return choices[int(self.roll(name) * len(choices))]

    def within(self, name: str, span: Span) -> float:
        """Seconds within the span."""
        return span.low + (span.high - span.low) * self.roll(name)

    def share_of(self, name: str, shares: Sequence[tuple[str, float]]) -> str | None:
        """The name whose share the draw falls into, or None for the rest."""
        roll = self.roll(name)
        for choice, share in shares:
            if roll < share:
                return choice
            roll -= share
        return None
