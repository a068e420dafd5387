"""What consent must be after any history, in its shortest form; knows nothing of the tables."""

from dataclasses import dataclass, field
from datetime import datetime, timedelta

TYPES = ("marketing", "transactional")
BY_MESSAGE = ("keyword", "plain_language", "carrier")
Key = tuple[str, str, str]
"""Type, topic, channel."""

LIST: Key = ("marketing", "", "sms")
"""What a file of contacts is about."""


@dataclass
class Row:
    """One consent; `act` numbers the opt-out that ended it, `before` is what it ended."""

    state: str = "unknown"
    before: str = "unknown"
    by: str = ""
    act: int = 0
    asked_at: datetime | None = None


@dataclass
class Person:
    """All that is known of someone."""

    rows: dict[Key, Row] = field(default_factory=dict)
    act: int = 0
    last_no: datetime | None = None

    def states(self) -> dict[Key, str]:
        return {key: row.state for key, row in self.rows.items()}

    def say_no(self, keys: list[Key], by: str, now: datetime) -> None:
        self.act += 1
        self.last_no = now
        for key in keys:
            row = self.rows.setdefault(key, Row())
            if row.state != "opted_out":
                row.before = "unknown" if row.state == "pending" else row.state
                row.by, row.act = by, self.act
            row.state = "opted_out"

    def stop(self, topic: str | None, by: str, now: datetime) -> None:
        """Of one topic of marketing, or of everything."""
        keys = [("marketing", topic, "sms")] if topic is not None else [(kind, "", "sms") for kind in TYPES]
        about = {key[0] for key in keys}
        self.say_no(keys, by, now)
        for key, row in self.rows.items():
            if row.state == "pending" and key[0] in about and topic in (None, "", key[1]):
                row.state = "unknown"

    def start(self) -> None:
        ended = [row for row in self.rows.values() if row.state == "opted_out" and row.by in BY_MESSAGE]
        last = max((row.act for row in ended), default=0)
        for row in ended:
            if row.act == last:
                row.state = row.before

    def say_yes(self, key: Key) -> None:
        """Where no no stands over it but one to just this, which did not come by message."""
        kind, topic, channel = key
        over = [(kind, each, where) for each in {"", topic} for where in {"sms", channel}]
        noes = [each for each in over if self.rows.get(each, Row()).state == "opted_out"]
        if not noes or (noes == [key] and self.rows[key].by not in BY_MESSAGE):
            self.rows.setdefault(key, Row()).state = "opted_in"

    def listed(self, *, agreed: bool, now: datetime) -> None:
        if self.rows.get(LIST, Row()).state == "opted_out":
            return
        if agreed:
            self.rows.setdefault(LIST, Row()).state = "opted_in"
        else:
            self.say_no([LIST], "import", now)

    def join(self, channel: str, now: datetime) -> None:
        row = self.rows.get(("marketing", "", channel), Row())
        if "opted_out" in (row.state, self.rows.get(LIST, Row()).state) or row.state == "opted_in":
            return
        if row.state == "pending" and row.asked_at is not None and now - row.asked_at < timedelta(hours=24):
            return
        self.rows["marketing", "", channel] = Row("pending", asked_at=now)

    def confirm(self, channel: str, now: datetime) -> None:
        row = self.rows.get(("marketing", "", channel), Row())
        if row.state != "pending" or row.asked_at is None or now >= row.asked_at + timedelta(days=7):
            return
        if self.last_no is None or self.last_no < row.asked_at:
            row.state = "opted_in"

    def wait(self, now: datetime) -> None:
        """Questions that were not answered in a week are over."""
        for row in self.rows.values():
            if row.state == "pending" and row.asked_at is not None and now >= row.asked_at + timedelta(days=7):
                row.state = "unknown"
