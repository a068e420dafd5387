"""What one client of the stream is sent, and when."""

from collections.abc import AsyncIterator, Awaitable, Callable, Collection, Iterator
from dataclasses import dataclass
from time import monotonic
from typing import Any
from uuid import UUID

from fastapi.sse import KEEPALIVE_COMMENT, format_sse_event
from sqlalchemy.exc import SQLAlchemyError

from api.database_faults import NotStoredError
from api.live.feed import Feed, Figures
from api.live.wire import message

HEARTBEAT = 15.0
"""Seconds of silence after which a comment is sent: proxies close what is silent for a minute."""

COME_BACK = 2_000
"""Milliseconds after which a client whose connection broke should come back."""

PROGRESS = "campaign.progress"
_PAUSE = 1.0


@dataclass(frozen=True, slots=True, kw_only=True)
class Wish:
    """What a client asked for: its organization, the position it has, and which kinds (none: all).

    `incomplete` when events behind its position are not kept any more.
    """

    organization_id: UUID
    after: int
    kinds: Collection[str] = ()
    incomplete: bool = False

    def wants(self, kind: str) -> bool:
        """Whether the client is sent this kind."""
        return not self.kinds or kind in self.kinds


async def tell(feed: Feed, wish: Wish, *, welcome: Callable[[], Awaitable[bool]]) -> AsyncIterator[bytes]:
    """Events behind the client's position, each once and in order, then new ones as they come.

    Ends when the process stops, or when `welcome`, which is asked at every heartbeat, says no. Figures of
    campaigns have no id: they are the newest, whenever the client comes.
    """
    after, shown = wish.after, dict[UUID, Any]()
    asked = monotonic()
    async with feed.listening(wish.organization_id):
        yield format_sse_event(retry=COME_BACK, comment="tidings")
        if wish.incomplete:
            yield _reset(after)
        while not feed.stopping.is_set():
            try:
                page = await feed.pages.page(wish.organization_id, after)
            except (SQLAlchemyError, OSError, NotStoredError):  # the feed has logged it
                page = ()
                await feed.news(seconds=_PAUSE)
            if page:
                after = page[-1].position
                if text := b"".join(event.text for event in page if wish.wants(event.kind)):
                    yield text
            figures = _figures(feed, wish)
            for changed in _changed(figures, shown):
                yield changed
            shown = dict(figures)
            if not await _something_new(feed, wish, after=after, shown=shown):
                yield KEEPALIVE_COMMENT
            if monotonic() - asked > HEARTBEAT:
                asked = monotonic()
                if not await welcome():
                    return


async def _something_new(feed: Feed, wish: Wish, *, after: int, shown: Figures) -> bool:
    """Waits for something for this client; False after a heartbeat's silence."""
    until = monotonic() + HEARTBEAT
    while feed.head(wish.organization_id) <= after and _figures(feed, wish) == shown:
        if feed.stopping.is_set():
            return True
        if monotonic() >= until:
            return False
        await feed.news(seconds=until - monotonic())
    return True


def _figures(feed: Feed, wish: Wish) -> Figures:
    return feed.figures(wish.organization_id) if wish.wants(PROGRESS) else {}


def _changed(figures: Figures, shown: Figures) -> Iterator[bytes]:
    for run_id, progress in figures.items():
        if shown.get(run_id) != progress:
            yield message(PROGRESS, progress.to_json())


def _reset(after: int) -> bytes:
    detail = "Events behind this one are not all kept any more; read anew what you show."
    return message("reset", {"detail": detail, "after": after})
