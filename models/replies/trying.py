"""What would be answered to a text, without a database, a message or a request."""

from collections.abc import Mapping
from dataclasses import dataclass, replace

from messaging.keywords import Keyword, plain, recognise
from messaging.refusals import Refusal, judge
from models.replies.built_in import is_ours, words_of
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
    verdict = judge(body)
    if keyword is None and verdict.refusal is Refusal.OPTED_OUT:
        keyword = Keyword.STOP
    if keyword is not None:
        return _built_in(rules, keyword, body=body, channel=channel, renderer=renderer)
    tried = _by_rules(rules, body, renderer)
    if verdict.refusal is Refusal.DOUBTFUL and plain(body) not in rules.by_word:
        return replace(tried, does=f"{tried.does}; may be a refusal, a person decides ({verdict.why})")
    return tried


def _by_rules(rules: ReplyRules, body: str, renderer: Renderer) -> Trial:
    rule = rules.rule_for(body)
    if rule is not None:
        return Trial(f'follows the rule "{rule.name}"{_besides(rule)}', _texts(rule, renderer))
    if rules.default is not None:
        says = renderer.say(rules.default.reply)
        return Trial(
            f"gives the default reply, once in {rules.default.hours:g} hours", tuple(s.body for s in says)
        )
    return Trial("says nothing; a person reads it")


def _built_in(rules: ReplyRules, keyword: Keyword, *, body: str, channel: str, renderer: Renderer) -> Trial:
    does = {
        Keyword.STOP: "ends every consent",
        Keyword.START: "restores what a STOP had ended",
        Keyword.HELP: "gives help",
    }[keyword]
    if not is_ours(rules, body, channel=channel):
        return Trial(f"{does}; on {channel} Twilio answers it" if rules.answers else does)
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
