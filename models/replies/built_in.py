"""The answers to STOP, START and HELP, where Twilio gives none itself.

Twilio answers them for SMS, and wherever Advanced Opt-Out recognised one (then `OptOutType` is set); a second
answer would be one too many. WhatsApp is left to us. A STOP is confirmed once, without marketing (47 CFR
64.1200(a)(12)); https://www.twilio.com/docs/messaging/tutorials/advanced-opt-out
"""

from messaging.keywords import Keyword
from models.replies.decisions import CAUSE, SILENCE, Decision, Renderer
from models.replies.heard import Heard, Situation
from models.replies.rules import ReplyRules

STOP = "{{ identity }}: you are unsubscribed and will get no more messages from us. Reply START to get them again."
START = "{{ identity }}: you will get messages from us again. Reply HELP for help, STOP to unsubscribe."
HELP = "{{ identity }}: reply STOP to get no more messages from us, START to get them again."


def built_in(heard: Heard, situation: Situation, keyword: Keyword) -> Decision:
    """The answer to a keyword; silence where Twilio answers, and for a STOP or START that changed nothing."""
    rules = situation.rules
    if heard.message.opt_out_type is not None or heard.message.channel not in rules.answers:
        return SILENCE
    if keyword is not Keyword.HELP and not situation.consent_changed:
        return SILENCE
    says = Renderer(situation.values).say([words_of(rules, keyword)])
    return Decision(CAUSE + keyword.value, says)


def words_of(rules: ReplyRules, keyword: Keyword) -> str:
    """The text of an answer: the organization's own, or the usual one."""
    return {
        Keyword.STOP: rules.stop or STOP,
        Keyword.START: rules.start or START,
        Keyword.HELP: rules.help or HELP,
    }[keyword]
