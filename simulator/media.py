"""Media that people sent along, kept until they are deleted."""

import secrets
from collections import defaultdict
from dataclasses import dataclass, field

from simulator.dates import now, rfc2822
from simulator.errors import TwilioError
from simulator.messages import API_VERSION, Message, new_sid


@dataclass(slots=True)
class Medium:
    """One medium; `token` opens its short-lived address, to which its own address redirects."""

    account_sid: str
    message_sid: str
    content_type: str
    data: bytes
    created_at: float = field(default_factory=now)
    sid: str = field(default_factory=lambda: new_sid("ME"))
    token: str = field(default_factory=lambda: secrets.token_urlsafe(16))

    def path(self) -> str:
        """The resource's path, at which its bytes are."""
        return f"/{API_VERSION}/Accounts/{self.account_sid}/Messages/{self.message_sid}/Media/{self.sid}"

    def resource(self) -> dict[str, object]:
        """The Media resource: https://www.twilio.com/docs/messaging/api/media-resource"""
        return {
            "sid": self.sid,
            "account_sid": self.account_sid,
            "parent_sid": self.message_sid,
            "content_type": self.content_type,
            "date_created": rfc2822(self.created_at),
            "date_updated": rfc2822(self.created_at),
            "uri": f"{self.path()}.json",
        }


class MediaStore:
    """Media by their message, in the order they were sent."""

    def __init__(self) -> None:
        self._of_message: defaultdict[str, list[Medium]] = defaultdict(list)

    def add(self, message: Message, *, content_type: str, data: bytes) -> Medium:
        """Keeps a medium of a message."""
        medium = Medium(message.account_sid, message.sid, content_type, data)
        self._of_message[message.sid].append(medium)
        return medium

    def of(self, message_sid: str) -> list[Medium]:
        """The media of a message that are still there."""
        return list(self._of_message.get(message_sid, []))

    def get(self, message_sid: str, sid: str) -> Medium:
        """One medium. Raises `TwilioError` 20404."""
        for medium in self.of(message_sid):
            if medium.sid == sid:
                return medium
        raise TwilioError(20404, sid)

    def by_token(self, token: str) -> Medium:
        """The medium behind a short-lived address. Raises `TwilioError` 20404."""
        for media in self._of_message.values():
            for medium in media:
                if secrets.compare_digest(medium.token, token):
                    return medium
        raise TwilioError(20404, "medium")

    def delete(self, medium: Medium) -> None:
        """Forgets a medium."""
        self._of_message[medium.message_sid].remove(medium)
