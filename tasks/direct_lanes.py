"""How many chunks of standing runs are sent at once, and whose is next."""

from collections import Counter, defaultdict
from collections.abc import Iterator, Sequence
from itertools import count
from uuid import UUID

from models.messages.direct.sending import DueRun
from tasks.chunk import SMALL_CHUNK

LANES = 4
"""Chunks at once: a request that Twilio is slow to answer holds up no later message."""
TURN_SECONDS = 10.0
"""A rule's turn in a lane of reminders, at the sender's rate, before another's comes."""

_Queue = tuple[str, UUID]


class Lanes:
    """Each run of direct messages has lanes of its own; all reminders of a sender share theirs, by turns.

    With lanes for each rule, claims of many would wait for the one sender until their leases are over.
    """

    def __init__(self) -> None:
        self._of_run: Counter[UUID] = Counter()
        self._of_queue: Counter[_Queue] = Counter()
        self._turn = count(1)
        self._last_turn: defaultdict[UUID, int] = defaultdict(int)

    @property
    def taken(self) -> int:
        """Lanes at work."""
        return self._of_run.total()

    def admit(self, due: Sequence[DueRun]) -> Iterator[DueRun]:
        """The runs that get another lane now; whose last turn is the longest ago comes first."""
        for run in sorted(due, key=lambda run: (self._of_run[run.id], self._last_turn[run.id])):
            if self._of_queue[_queue(run)] < LANES:
                self._of_run[run.id] += 1
                self._of_queue[_queue(run)] += 1
                self._last_turn[run.id] = next(self._turn)
                yield run

    def leave(self, run: DueRun) -> None:
        """A chunk of the run has ended."""
        self._of_run[run.id] -= 1
        self._of_queue[_queue(run)] -= 1


def chunk_of(run: DueRun) -> int:
    """How many messages one lane sends before it is given up."""
    if not run.of_reminders:
        return SMALL_CHUNK
    return max(1, min(SMALL_CHUNK, int(run.rate * TURN_SECONDS / LANES)))


def _queue(run: DueRun) -> _Queue:
    return ("reminders", run.sender_id) if run.of_reminders else ("direct", run.id)
