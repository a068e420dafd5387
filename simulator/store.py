"""Every message of the account, in memory, found by SID and listed newest first."""

from collections import defaultdict
from collections.abc import Iterator

from simulator.errors import TwilioError
from simulator.messages import Message


class MessageStore:
    """Messages in their order of creation; deleted ones leave every view."""

    def __init__(self) -> None:
        self._order: list[Message] = []
        self._by_sid: dict[str, Message] = {}
        self._by_to: defaultdict[str, list[Message]] = defaultdict(list)

    def __len__(self) -> int:
        return len(self._by_sid)

    def add(self, message: Message) -> None:
        """Keeps a message as the newest."""
        message.place = len(self._order)
        self._order.append(message)
        self._by_sid[message.sid] = message
        self._by_to[message.to].append(message)

    def get(self, sid: str) -> Message:
        """The message of a SID. Raises `TwilioError` 20404."""
        message = self._by_sid.get(sid)
        if message is None:
            raise TwilioError(20404, sid)
        return message

    def find(self, sid: str) -> Message | None:
        """The message of a SID, if it is (still) there."""
        return self._by_sid.get(sid)

    def delete(self, message: Message) -> None:
        """Forgets a message."""
        message.deleted = True
        del self._by_sid[message.sid]

    def newest_first(self, *, to: str | None = None) -> Iterator[Message]:
        """Messages from the newest to the oldest, all or those to one address."""
        messages = self._order if to is None else self._by_to.get(to, [])
        return (message for message in reversed(messages) if not message.deleted)
