"""What one person has said yes and no to, in its shortest form."""

from dataclasses import dataclass, field
from datetime import datetime, timedelta

TYPES = ("marketing", "transactional")
BY_MESSAGE = ("keyword", "plain_language", "carrier", "erasure")
STRENGTH = ("soft", "single", "confirmed")
ASKED_AGAIN_AFTER, YES_IN_TIME = timedelta(hours=24), timedelta(days=7)
Key = tuple[str, str, str]
"""Type, topic, channel."""
LIST: Key = ("marketing", "", "sms")


@dataclass
class Word:
    """One consent: `before`, `by` and `act` are of the no that stands; `strength` and `agreed` of the last yes."""

    state: str = "unknown"
    before: str = "unknown"
    by: str = ""
    act: int = 0
    given: datetime | None = None
    strength: str = ""
    agreed: datetime | None = None


@dataclass
class Standing:
    """All that a person has said; `restores_all` is for an oracle that is wrong on purpose."""

    words: dict[Key, Word] = field(default_factory=dict)
    in_review: bool = False
    asked_at: datetime | None = None
    no_since_asked: bool = False
    acts: int = 0
    restores_all: bool = False

    def word(self, key: Key) -> Word:
        """What was said of this, made when nothing was."""
        return self.words.setdefault(key, Word())

    def say_no(self, keys: list[Key], by: str, at: datetime) -> None:
        """Ends these, and remembers what it ended."""
        self.acts += 1
        self.no_since_asked = True
        for key in keys:
            word = self.word(key)
            if word.state != "opted_out":
                word.before = "unknown" if word.state == "pending" else word.state
                word.by, word.act = by, self.acts
            word.state, word.given = "opted_out", at

    def say_yes(self, key: Key, method: str, given: datetime) -> None:
        """A yes that nothing stands against: stronger or younger than the one before, never weaker."""
        word = self.word(key)
        new = {"double_opt_in": "confirmed", "soft_opt_in": "soft"}.get(method, "single")
        if word.state == "opted_in":
            if new == "soft" and word.strength != "soft":
                word.given = given
                return
            if word.strength != "soft" or new == "soft":
                given = max(given, word.agreed or given)
            new = max(new, word.strength, key=STRENGTH.index)
        word.state, word.strength, word.agreed, word.given = "opted_in", new, given, given

    def stop(self, by: str, at: datetime, *, kind: str | None = None, topic: str = "") -> None:
        """Ends everything, or a topic of a kind of message."""
        kinds = TYPES if kind is None else (kind,)
        self.say_no([(each, topic, "sms") for each in kinds], by, at)
        for key, word in self.words.items():
            if word.state == "pending" and key[0] in kinds and topic in ("", key[1]):
                word.state = "unknown"
        if kind is None:
            self.in_review = False

    def start(self) -> None:
        """Brings back what the last no by message had ended."""
        noes = [word for word in self.words.values() if word.state == "opted_out"]
        ended = [word for word in noes if word.by in BY_MESSAGE or self.restores_all]
        last = max((word.act for word in ended), default=0)
        for word in ended:
            if word.act == last or self.restores_all:
                word.state = word.before
                if word.state == "unknown":
                    word.strength, word.agreed = "", None

    def record(self, key: Key, says: str, method: str, given: datetime) -> None:
        """What somebody else says for them."""
        if says == "no":
            self.say_no([key], method, given)
            return
        kind, topic, channel = key
        for each in {(kind, one, where) for one in {"", topic} for where in {"sms", channel}}:
            word = self.words.get(each)
            if word is None or word.state != "opted_out":
                continue
            stands = each != key or word.by in BY_MESSAGE or method == "soft_opt_in"
            if stands or (word.given is not None and given <= word.given):
                return
        self.say_yes(key, method, given)

    def listed(self, says: str, method: str, given: datetime) -> None:
        """What a file says: it never ends a no, and changes a yes that is there only to a stronger one."""
        word = self.words.get(LIST, Word())
        if word.state == "opted_out":
            return
        if says == "no":
            self.say_no([LIST], "import", given)
            return
        new = {"double_opt_in": "confirmed", "soft_opt_in": "soft"}.get(method, "single")
        if word.state != "opted_in" or STRENGTH.index(new) > STRENGTH.index(word.strength):
            self.say_yes(LIST, method, given)

    def join(self, at: datetime, *, is_enough: bool) -> None:
        """JOIN: a question, once a day, to who is not on the list by a consent that is enough."""
        word = self.words.get(LIST, Word())
        asked_lately = self.asked_at is not None and at - self.asked_at < ASKED_AGAIN_AFTER
        if word.state == "opted_out" or (word.state == "pending" and asked_lately):
            return
        if word.state == "opted_in" and is_enough:
            return
        self.words[LIST] = Word("pending", given=at)
        self.asked_at, self.no_since_asked = at, False

    def say_yes_to_question(self, at: datetime) -> bool:
        """YES: whether it was an answer to the question of a JOIN."""
        word = self.words.get(LIST, Word())
        if word.state != "pending" or self.asked_at is None or at >= self.asked_at + YES_IN_TIME:
            return False
        if self.no_since_asked:
            return False
        self.say_yes(LIST, "double_opt_in", at)
        return True
