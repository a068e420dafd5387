"""What would be answered to a text, without a database, a message or a request."""

from collections.abc import Mapping
from dataclasses import dataclass

from messaging.keywords import Keyword, recognise
from models.replies.built_in import words_of
from models.replies.decisions import Renderer
from models.replies.rules import ReplyRules, Rule


@dataclass(frozen=True, slots=True)
class Trial:
    """`does` says in words what happens; `texts` is what the person reads at once."""

    does: str
    texts: tuple[str, ...] = ()


def try_out(rules: ReplyRules, body: str, *, channel: str, values: Mapping[str, object]) -> Trial:
    """The answer to a first message with this text, for a contact with these values."""
    renderer = Renderer(values)
    keyword = recognise(body)
    if keyword is not None:
        return _built_in(rules, keyword, channel=channel, renderer=renderer)
    rule = rules.rule_for(body)
    if rule is not None:
        return Trial(f'follows the rule "{rule.name}"{_besides(rule)}', _texts(rule, renderer))
    if rules.default is not None:
        says = renderer.say(rules.default.reply)
        return Trial(
            f"gives the default reply, once in {rules.default.hours:g} hours", tuple(s.body for s in says)
        )
    return Trial("says nothing; a person reads it")


def _built_in(rules: ReplyRules, keyword: Keyword, *, channel: str, renderer: Renderer) -> Trial:
    does = {
        Keyword.STOP: "ends every consent",
        Keyword.START: "restores what a STOP had ended",
        Keyword.HELP: "gives help",
    }[keyword]
    if channel not in rules.answers:
        return Trial(f"{does}; on {channel} Twilio answers it")
    return Trial(does, (renderer.body(words_of(rules, keyword)),))


def _texts(rule: Rule, renderer: Renderer) -> tuple[str, ...]:
    if rule.lookup is not None:
        return (renderer.body(rule.lookup.otherwise),)
    return tuple(say.body for say in renderer.say(rule.reply, media=rule.media) if say.body)


def _besides(rule: Rule) -> str:
    deeds = {
        "tags the contact {}": rule.tag,
        "sends {}": " ".join(rule.media),
        "begins the survey {}": rule.survey,
        "asks for a double opt-in": rule.join and "yes",
        "sends Twilio on to {}": rule.redirect,
        "hands over to the flow {}": rule.studio,
        "takes the conversation back": rule.take_back and "yes",
        "asks {} first; without an answer it says": rule.lookup and rule.lookup.url,
    }
    found = [deed.format(about) for deed, about in deeds.items() if about]
    return f", {', '.join(found)}" if found else ""
