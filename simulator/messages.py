"""One message, in or out, and its JSON as Twilio's Messages API shows it."""

import secrets
from dataclasses import dataclass, field

from simulator.dates import now, rfc2822
from simulator.segments import count_segments

API_VERSION = "2010-04-01"
FINAL = frozenset({"delivered", "undelivered", "failed", "canceled", "read", "received"})
PRICE_PER_SEGMENT = 0.0079


def new_sid(prefix: str) -> str:
    """A SID that no other run will make: two letters and 32 hex digits."""
    return prefix + secrets.token_hex(16)


@dataclass(slots=True)
class Message:
    """A message as the simulator keeps it; times are seconds since 1970."""

    account_sid: str
    to: str
    sender: str | None
    body: str
    direction: str
    status: str
    service_sid: str | None = None
    media: list[str] = field(default_factory=list)
    callback_url: str | None = None
    send_at: float | None = None
    validity: float = 36_000.0
    error_code: int | None = None
    error_message: str | None = None
    sent_at: float | None = None
    created_at: float = field(default_factory=now)
    updated_at: float = field(default_factory=now)
    sid: str = ""
    deleted: bool = False
    place: int = -1
    """Position in the store's order of creation."""

    def __post_init__(self) -> None:
        self.sid = new_sid("MM" if self.media else "SM")

    @property
    def segments(self) -> int:
        """Segments the message is sent in; media counts as one."""
        return 1 if self.media else count_segments(self.body)

    @property
    def sender_key(self) -> str:
        """What an opt-out and a rate belong to: the Messaging Service, else the sending address."""
        return self.service_sid or self.sender or ""

    def advance(self, status: str, *, error: tuple[int, str] | None = None) -> None:
        """Sets a new status, the time, and the reason of a failure."""
        self.status = status
        self.updated_at = now()
        if error is not None:
            self.error_code, self.error_message = error

    def path(self) -> str:
        """The resource's path without its ending."""
        return f"/{API_VERSION}/Accounts/{self.account_sid}/Messages/{self.sid}"

    def resource(self) -> dict[str, object]:
        """The Message resource: https://www.twilio.com/docs/messaging/api/message-resource

        `num_segments` is "0" while a Messaging Service has not chosen a number; `price` comes with the end.
        """
        segments = self.segments if self.sender is not None else 0
        billed = self.status in ("delivered", "read", "undelivered", "received")
        return {
            "account_sid": self.account_sid,
            "api_version": API_VERSION,
            "body": self.body,
            "date_created": rfc2822(self.created_at),
            "date_sent": rfc2822(self.sent_at),
            "date_updated": rfc2822(self.updated_at),
            "direction": self.direction,
            "error_code": self.error_code,
            "error_message": self.error_message,
            "from": self.sender,
            "messaging_service_sid": self.service_sid,
            "num_media": str(len(self.media)),
            "num_segments": str(segments),
            "price": f"-{segments * PRICE_PER_SEGMENT:.5f}" if billed else None,
            "price_unit": "USD",
            "sid": self.sid,
            "status": self.status,
            "subresource_uris": {"media": f"{self.path()}/Media.json"},
            "to": self.to,
            "uri": f"{self.path()}.json",
        }
