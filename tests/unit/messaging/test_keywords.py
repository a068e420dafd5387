"""Texts that stop, restart or ask for help."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from messaging.keywords import Keyword, recognise

WORDS = {
    Keyword.STOP: [
        "STOP",
        "STOPALL",
        "UNSUBSCRIBE",
        "CANCEL",
        "END",
        "QUIT",
        "REVOKE",
        "OPTOUT",
        "opt out",
        "Stop all",
    ],
    Keyword.START: ["START", "YES", "UNSTOP", "SUBSCRIBE"],
    Keyword.HELP: ["HELP", "INFO"],
}
EVERY_WORD = [(word, keyword) for keyword, words in WORDS.items() for word in words]


@pytest.mark.parametrize(("word", "keyword"), EVERY_WORD)
def test_each_word_in_any_case(word: str, keyword: Keyword) -> None:
    assert {recognise(form) for form in (word, word.lower(), word.upper(), word.title())} == {keyword}


@pytest.mark.parametrize(
    "body",
    [
        " stop ",
        "Stop.",
        "STOP!!!",
        '"STOP"',
        "\u201cStop\u201d",
        "'stop'",
        "stop\n",
        "\tstop\r\n",
        "(stop)",
        "Stop \U0001f621",
        "\U0001f6d1 stop \U0001f6d1\ufe0f",
        "stop\u200b",
        "\ufeffSTOP",
        "s\u00adtop",
        "\uff33\uff34\uff2f\uff30",
        "Opt-Out",
        "opt  out",
    ],
)
def test_stop_however_it_is_dressed(body: str) -> None:
    assert recognise(body) is Keyword.STOP


@pytest.mark.parametrize(
    "body",
    ["", "   ", "!!!", "\U0001f621", "Stop please", "please stop", "don't stop", "stopp", "nonstop", "ok",
     "weekend", "yes please", "start now", "help me", "the end", "STOP1", "1", "re-start"],
)  # fmt: skip
def test_other_texts_are_no_keyword(body: str) -> None:
    assert recognise(body) is None


@pytest.mark.parametrize(
    ("body", "opt_out_type", "keyword"),
    [
        ("por favor no", "STOP", Keyword.STOP),
        ("arret", "stop", Keyword.STOP),
        ("alta", "START", Keyword.START),
        ("ayuda", "HELP", Keyword.HELP),
        ("yes", "STOP", Keyword.STOP),
        ("stop", "", Keyword.STOP),
        ("stop", "SOMETHING NEW", Keyword.STOP),
        ("hello", "SOMETHING NEW", None),
        ("hello", None, None),
    ],
)
def test_twilios_opt_out_type_wins(body: str, opt_out_type: str | None, keyword: Keyword | None) -> None:
    assert recognise(body, opt_out_type=opt_out_type) is keyword


@given(
    word=st.sampled_from(EVERY_WORD),
    before=st.text(alphabet=" \t\n.!?\"'*-_\u2764\ufe0f\U0001f64f\u00a1"),
    after=st.text(alphabet=" \t\n.!?\"'*-_\u2764\ufe0f\U0001f64f\u2026"),
)
def test_marks_around_a_word_change_nothing(word: tuple[str, Keyword], before: str, after: str) -> None:
    assert recognise(before + word[0] + after) is word[1]


@given(st.text())
def test_any_text_has_an_answer(body: str) -> None:
    assert recognise(body) in (None, *Keyword)


ASKED = {
    "yes answers": ("YES!", None, None),
    "also where Twilio calls it a START": ("Yes", "START", None),
    "start does not": ("START", None, Keyword.START),
    "nor another word for it at Twilio": ("DABEI", "START", Keyword.START),
    "stop ends": ("stop", None, Keyword.STOP),
    "a stop of Twilio ends, whatever it says": ("yes", "STOP", Keyword.STOP),
    "help helps": ("info", None, Keyword.HELP),
}


@pytest.mark.parametrize("case", ASKED)
def test_where_something_was_asked_a_yes_is_an_answer(case: str) -> None:
    body, opt_out_type, keyword = ASKED[case]
    assert recognise(body, opt_out_type=opt_out_type, asked=True) is keyword
