"""An organization's rules for automatic replies, as they are once a file of them was read."""

from collections.abc import Mapping
from dataclasses import dataclass, field

from messaging.keywords import plain


@dataclass(frozen=True, slots=True)
class Lookup:
    """An address that is asked (GET, JSON) before a rule replies.

    `url` is a Liquid template over the contact; `values` names the variables that the reply may use and where
    they stand in the answer ("order.state"); `otherwise` is said when there is no such answer. With a `secret`
    (a reference, never the secret itself) the request is signed.
    """

    url: str
    values: Mapping[str, str]
    otherwise: str
    secret: str | None = None


@dataclass(frozen=True, slots=True)
class Join:
    """A double opt-in to marketing: `ask` is answered with yes within so many days, then comes `thanks`.

    None stands for the usual words.
    """

    ask: str | None = None
    thanks: str | None = None
    days: int = 7


@dataclass(frozen=True, slots=True)
class Rule:
    """What is done about a message that begins with, or (`whole`) is, one of the words; words are `plain`."""

    words: tuple[str, ...]
    whole: bool = False
    reply: tuple[str, ...] = ()
    media: tuple[str, ...] = ()
    tag: str | None = None
    lookup: Lookup | None = None
    survey: str | None = None
    join: Join | None = None
    redirect: str | None = None
    studio: str | None = None
    take_back: bool = False

    @property
    def name(self) -> str:
        """The rule's first word, by which it is told from the others."""
        return self.words[0]


@dataclass(frozen=True, slots=True)
class DefaultReply:
    """What is said when no rule fits: at most once in so many hours in one conversation."""

    reply: tuple[str, ...]
    hours: float


@dataclass(frozen=True, slots=True)
class ReplyRules:
    """`answers` are the channels where STOP, START and HELP are answered by us, because Twilio does not."""

    identity: str | None = None
    answers: frozenset[str] = frozenset({"whatsapp"})
    help: str | None = None
    stop: str | None = None
    start: str | None = None
    rules: tuple[Rule, ...] = ()
    default: DefaultReply | None = None
    by_word: Mapping[str, Rule] = field(init=False, repr=False, compare=False)

    def __post_init__(self) -> None:
        object.__setattr__(self, "by_word", {word: rule for rule in self.rules for word in rule.words})

    def rule_for(self, body: str) -> Rule | None:
        """The rule of a message: the one with the most words of its beginning; whole-body rules need them all."""
        said = plain(body).split()
        for length in range(len(said), 0, -1):
            rule = self.by_word.get(" ".join(_bare(said[:length])))
            if rule is not None and (length == len(said) or not rule.whole):
                return rule
        return None

    def rule_named(self, name: str) -> Rule | None:
        """The rule with this name; None when a newer file has none."""
        return next((rule for rule in self.rules if rule.name == name), None)


def _bare(words: list[str]) -> list[str]:
    """The words, the last one without the comma or question mark that follows it in the text."""
    return [*words[:-1], plain(words[-1])]
