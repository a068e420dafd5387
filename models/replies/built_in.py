"""The answers to STOP, START and HELP, where Twilio gives none itself.

Twilio answers its own words for SMS, and wherever Advanced Opt-Out recognised one (then `OptOutType` is set); a
second answer would be one too many. "Stop please", other languages and WhatsApp are left to us. A STOP is
confirmed once, at once, without marketing (47 CFR 64.1200(a)(12)); if Twilio took it for a STOP all the same, it
blocks that too (21610). https://www.twilio.com/docs/messaging/tutorials/advanced-opt-out
"""

from messaging.keywords import Keyword, twilio_answers
from models.replies.decisions import CAUSE, SILENCE, Decision, Renderer
from models.replies.heard import Heard, Situation
from models.replies.rules import ReplyRules

STOP = "{{ identity }}: you are unsubscribed and will get no more messages from us. Reply START to get them again."
START = "{{ identity }}: you will get messages from us again. Reply HELP for help, STOP to unsubscribe."
HELP = "{{ identity }}: reply STOP to get no more messages from us, START to get them again."


def built_in(heard: Heard, situation: Situation, keyword: Keyword) -> Decision:
    """The answer to a keyword; silence where Twilio answers, and for a STOP or START that changed nothing."""
    rules = situation.rules
    message = heard.message
    if message.opt_out_type is not None or not is_ours(rules, message.body, channel=message.channel):
        return SILENCE
    if keyword is not Keyword.HELP and not situation.consent_changed:
        return SILENCE
    says = Renderer(situation.values).say([words_of(rules, keyword)])
    return Decision(CAUSE + keyword.value, says, counts=False)


def is_ours(rules: ReplyRules, body: str, *, channel: str) -> bool:
    """Whether a keyword's answer is left to us; with the organization's `answers: none` nobody gives one."""
    return bool(rules.answers) and (channel in rules.answers or not twilio_answers(body))


def words_of(rules: ReplyRules, keyword: Keyword) -> str:
    """The text of an answer: the organization's own, or the usual one."""
    return {
        Keyword.STOP: rules.stop or STOP,
        Keyword.START: rules.start or START,
        Keyword.HELP: rules.help or HELP,
    }[keyword]
