"""Rules for automatic replies as a person writes them, in one YAML file; every mistake is refused with its place.

identity: Acme Dental            # who writes; HELP and the confirmations name it
answers: [whatsapp]              # where we answer STOP, START and HELP because Twilio does not; or none
help: '{{ identity }}: call +1 202 555 0100. Reply STOP to stop.'   # optional, as are stop: and start:
rules:
  - words: [hours, öffnungszeiten]     # a message that begins with one of them, in any case
    reply: 'Hi {{ first_name | default: "there" }}, we are open 9 to 5.'   # or a list of up to 3 texts
    media: https://www.example.com/map.png
    tag: asked-for-hours
  - words: [status]
    lookup:                            # GET, answered with JSON within 3 seconds
      url: https://shop.example.com/status?phone={{ phone | url_encode }}
      values: {state: order.state}     # variables of the reply, and where they stand in the answer
      otherwise: 'Please call us.'
      secret: env:SHOP_SECRET          # optional: signs the request
    reply: 'Your order is {{ state }}.'
  - {words: [join], join: {days: 7}}   # asks, and a yes is a consent to marketing (double opt-in)
  - {words: [feedback], survey: feedback}
  - {words: [agent], studio: FW…, reply: 'One moment.'}    # a flow of Twilio Studio takes over
  - {words: [robot], take_back: true}  # ends the flow's turn, or a person's
  - {words: [more], whole: true, redirect: https://www.example.com/twiml}
default: {reply: 'Thanks, we will read this today.', hours: 24}   # optional: when nothing fits
"""

from collections.abc import Collection
from dataclasses import dataclass, field

from ruamel.yaml.nodes import Node, ScalarNode

from messaging.templates import CONTACT_FIELDS
from models.replies import rule_values as values
from models.replies.rules import DefaultReply, Join, Lookup, ReplyRules, Rule
from models.yaml_bodies import Bodies
from models.yaml_source import YamlSource
from models.yaml_values import count_of, true_of

VARIABLES = CONTACT_FIELDS | {"identity", "profile_name"}
"""What every text may use, besides a contact's attributes."""

_KEYS = ("identity", "answers", "help", "stop", "start", "rules", "default")
_ACTIONS = ("reply", "survey", "join", "redirect", "studio", "take_back")
_RULE_KEYS = ("words", "whole", "media", "tag", "lookup", *_ACTIONS)


@dataclass(frozen=True, slots=True)
class WrittenRules:
    """A file that is right in itself; whether the variables of its texts exist is for `checked` to say."""

    rules: ReplyRules
    bodies: Bodies

    def checked(self, attribute_names: Collection[str]) -> ReplyRules:
        """The rules, their texts checked against a contact's fields and these attributes.

        Raises `DefinitionError` for a mistake in Liquid, an unknown variable and text that is too long in itself.
        """
        self.bodies.check(VARIABLES | set(attribute_names))
        return self.rules


def parse(text: str, *, where: str) -> WrittenRules:
    """Reads the text of a file of rules; `where` is its name in messages. Raises `DefinitionError`."""
    return _Reader(YamlSource(where=where, text=text.removeprefix("\ufeff"))).read()


@dataclass(slots=True)
class _Reader:
    source: YamlSource
    bodies: Bodies = field(init=False)
    words: dict[str, Node] = field(default_factory=dict)

    def __post_init__(self) -> None:
        self.bodies = Bodies(self.source)

    def read(self) -> WrittenRules:
        source = self.source
        nodes = source.entries(source.root(), of="reply rules", known=_KEYS)
        items = source.items_of(nodes["rules"], "rules") if "rules" in nodes else []
        own = {name: self.bodies.text(nodes[name], name) for name in ("help", "stop", "start") if name in nodes}
        rules = ReplyRules(
            identity=source.text_of(nodes["identity"], "identity").strip() if "identity" in nodes else None,
            answers=values.channels_of(source, nodes["answers"]) if "answers" in nodes else ReplyRules().answers,
            rules=tuple(self._rule(item) for item in items),
            default=self._default(nodes["default"]) if "default" in nodes else None,
            **own,
        )
        return WrittenRules(rules, self.bodies)

    def _rule(self, node: Node) -> Rule:
        source = self.source
        nodes = source.entries(node, of="a rule", known=_RULE_KEYS)
        if "words" not in nodes:
            raise source.refuse(node, '"words" is missing; add the words that this rule answers')
        words = tuple(self._word(item) for item in source.items_of(nodes["words"], "words"))
        self._check_actions(node, nodes)
        lookup = self._lookup(nodes["lookup"]) if "lookup" in nodes else None
        more = lookup.values if lookup else ()
        return Rule(
            words=words,
            whole=true_of(source, nodes["whole"], "whole") if "whole" in nodes else False,
            reply=self._replies(nodes["reply"], more) if "reply" in nodes else (),
            media=values.media_of(source, nodes["media"]) if "media" in nodes else (),
            tag=source.text_of(nodes["tag"], "tag").strip() if "tag" in nodes else None,
            lookup=lookup,
            survey=source.text_of(nodes["survey"], "survey").strip() if "survey" in nodes else None,
            join=self._join(nodes["join"]) if "join" in nodes else None,
            redirect=values.address_of(source, nodes["redirect"], "redirect") if "redirect" in nodes else None,
            studio=values.flow_of(source, nodes["studio"]) if "studio" in nodes else None,
            take_back=true_of(source, nodes["take_back"], "take_back") if "take_back" in nodes else False,
        )

    def _word(self, node: Node) -> str:
        word = values.word_of(self.source, node)
        if word in self.words:
            raise self.source.refuse(node, f'"{word}" is already a word of another rule; keep one')
        self.words[word] = node
        return word

    def _check_actions(self, node: Node, nodes: dict[str, Node]) -> None:
        given = [name for name in _ACTIONS if name in nodes]
        if not given and "media" not in nodes and "tag" not in nodes:
            raise self.source.refuse(node, f"this rule does nothing; add one of {', '.join(_ACTIONS)}, media, tag")
        takers = [name for name in ("survey", "join", "redirect", "studio") if name in nodes]
        if len(takers) > 1:
            raise self.source.refuse(nodes[takers[1]], f"{takers[0]} and {takers[1]} cannot both go on; keep one")
        if takers and takers[0] in ("survey", "join") and "reply" in nodes:
            raise self.source.refuse(nodes["reply"], f"{takers[0]} says its own words; remove reply")
        if "lookup" in nodes and "reply" not in nodes:
            raise self.source.refuse(nodes["lookup"], "a lookup needs a reply that uses its values; add one")

    def _replies(self, node: Node, more: Collection[str] = ()) -> tuple[str, ...]:
        nodes = [node] if isinstance(node, ScalarNode) else self.source.items_of(node, "reply")
        if len(nodes) > values.MOST_TEXTS:
            raise self.source.refuse(nodes[values.MOST_TEXTS], f"one answer has at most {values.MOST_TEXTS} texts")
        return tuple(self.bodies.text(item, "reply", more) for item in nodes)

    def _lookup(self, node: Node) -> Lookup:
        source = self.source
        nodes = source.entries(node, of="lookup", known=("url", "values", "otherwise", "secret"))
        for name in ("url", "values", "otherwise"):
            if name not in nodes:
                raise source.refuse(node, f'"{name}" is missing; add it')
        self.bodies.text(nodes["url"], "url")
        return Lookup(
            url=values.address_of(source, nodes["url"], "url"),
            values=values.values_of_lookup(source, nodes["values"]),
            otherwise=self.bodies.text(nodes["otherwise"], "otherwise"),
            secret=source.text_of(nodes["secret"], "secret").strip() if "secret" in nodes else None,
        )

    def _join(self, node: Node) -> Join:
        nodes = self.source.entries(node, of="join", known=("ask", "thanks", "days"))
        texts = {name: self.bodies.text(nodes[name], name) for name in ("ask", "thanks") if name in nodes}
        days = count_of(self.source, nodes["days"], "days", most=30) if "days" in nodes else Join().days
        return Join(ask=texts.get("ask"), thanks=texts.get("thanks"), days=days)

    def _default(self, node: Node) -> DefaultReply:
        nodes = self.source.entries(node, of="default", known=("reply", "hours"))
        if "reply" not in nodes:
            raise self.source.refuse(node, '"reply" is missing; add what is said when nothing fits')
        hours = values.hours_of(self.source, nodes["hours"]) if "hours" in nodes else 24.0
        return DefaultReply(self._replies(nodes["reply"]), hours)
