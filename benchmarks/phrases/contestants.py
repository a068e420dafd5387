"""Ways to recognise a refusal: ours, and what one would do instead."""

from collections.abc import Callable, Mapping

from messaging.keywords import Keyword, recognise, twilio_answers
from messaging.refusals import Refusal, judge

Judge = Callable[[str], Refusal]

TIDINGS = "Tidings"


def _ours(body: str) -> Refusal:
    keyword = recognise(body)
    if keyword is not None:
        return Refusal.OPTED_OUT if keyword is Keyword.STOP else Refusal.NONE
    return judge(body).refusal


def _whole_words(body: str) -> Refusal:
    stops = twilio_answers(body) and recognise(body) is Keyword.STOP
    return Refusal.OPTED_OUT if stops else Refusal.NONE


def _holds_stop(body: str) -> Refusal:
    return Refusal.OPTED_OUT if "stop" in body.lower() else Refusal.NONE


CONTESTANTS: Mapping[str, Judge] = {
    TIDINGS: _ours,
    "the whole text is one of Twilio's words": _whole_words,
    'the text holds "stop"': _holds_stop,
}
