"""The verdict on a text, and that any text gets one in a time that grows with its length alone."""

import time

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from messaging.refusals import Refusal, Verdict, judge
from messaging.refusals.judging import _judge

CASES = {
    # text: (verdict, what it goes by)
    "Stop please": (Refusal.OPTED_OUT, 'the word "stop"'),
    "take me off your list": (Refusal.OPTED_OUT, 'like "take me off"'),
    "no more texts": (Refusal.OPTED_OUT, 'like "no more text"'),
    "leave me alone": (Refusal.OPTED_OUT, 'the word "leave me alone"'),
    "unsubscribe me please": (Refusal.OPTED_OUT, 'the word "unsubscribe"'),
    "wrong number stop texting": (Refusal.OPTED_OUT, 'like "wrong number … stop"'),
    "Hört auf, mir zu schreiben": (Refusal.OPTED_OUT, 'the word "hört auf"'),
    "please cancel my order": (Refusal.DOUBTFUL, 'like "stop"'),
    "don't stop": (Refusal.DOUBTFUL, 'like "dont stop"'),
    "stop by at 5": (Refusal.DOUBTFUL, 'like "stop by"'),
    "can you cancel my appointment": (Refusal.DOUBTFUL, 'like "stop"'),
    "I'll stop by": (Refusal.DOUBTFUL, 'like "stop by"'),
    "Liked “Big sale. Reply STOP to end”": (Refusal.NONE, ""),
    "what time do you open?": (Refusal.NONE, ""),
    "YES": (Refusal.NONE, ""),
    "": (Refusal.NONE, ""),
    "👍": (Refusal.NONE, ""),
}


@pytest.mark.parametrize("body", CASES)
def test_verdict_and_why(body: str) -> None:
    assert judge(body) == Verdict(*CASES[body])


def test_a_word_of_their_own() -> None:
    assert judge(" No Offers! ", keywords=["no offers"]) == Verdict(Refusal.OPTED_OUT, 'their word "no offers"')
    assert judge("no offers for me?", keywords=["no offers"]).refusal is not Refusal.OPTED_OUT


@given(st.text(max_size=2_000))
def test_any_text_gets_a_verdict(body: str) -> None:
    assert judge(body).refusal in Refusal


@settings(max_examples=25, deadline=None)
@given(
    piece=st.sampled_from(
        ["stop ", "do not not ", "I want you to ", "a", "🛑", "s t o p ", "“x", " . ", "keine ", "no "]
    ),
    more=st.text(max_size=20),
)
def test_a_long_text_takes_time_by_its_length_alone(piece: str, more: str) -> None:
    """Four times the text may take four times the time, with room for noise; squared, it would take sixteen."""
    short, long = (((piece + more) * 8_000)[:length] for length in (8_000, 32_000))
    assert _seconds(long) < 10 * max(_seconds(short), 0.02)


def _seconds(body: str) -> float:
    _judge.cache_clear()
    began = time.thread_time()
    judge(body)
    return time.thread_time() - began
