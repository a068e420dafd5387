"""How a text is read as the answer to each kind of question."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from messaging.keywords import plain
from messaging.surveys.answers import Value, read_answer
from messaging.surveys.definition import Choice, FreeText, Number, Option, Question, YesNo

SCORE = Number(0, 10)
PRICE = Number(least=0.5, whole=False)
FRUIT = Choice((Option("apple", ("apple", "apfel", "apples")), Option("pear", ("pear", "birne"))))
YEARS = Choice((Option("2", ("2",)), Option("1", ("1",))))

CASES: dict[str, tuple[Question, str, Value | None]] = {
    "a number": (SCORE, "7", 7),
    "with marks around": (SCORE, " 7. ", 7),
    "the least": (SCORE, "0", 0),
    "the most": (SCORE, "10", 10),
    "too little": (SCORE, "-1", None),
    "too much": (SCORE, "11", None),
    "no fraction": (SCORE, "7.5", None),
    "a whole fraction": (SCORE, "7.0", 7),
    "digits of another script": (SCORE, "\u0667", 7),
    "full-width digits": (SCORE, "\uff11\uff10", 10),
    "a key of a telephone": (SCORE, "7\ufe0f\u20e3", 7),
    "a word": (SCORE, "seven", None),
    "two numbers": (SCORE, "7 8", None),
    "nothing": (SCORE, "", None),
    "a fraction": (PRICE, "2.5", 2.5),
    "a decimal comma": (PRICE, "2,5", 2.5),
    "thousands are not guessed at": (PRICE, "1,000", None),
    "not a number": (PRICE, "nan", None),
    "no exponent": (PRICE, "1e3", None),
    "a minus of typography": (Number(-5, 5), "\u22123", -3),
    "a picture of a place": (FRUIT, "2\ufe0f\u20e3", "pear"),
    "a label": (FRUIT, "Apple", "apple"),
    "a synonym": (FRUIT, "BIRNE!", "pear"),
    "a place": (FRUIT, "2", "pear"),
    "a place too far": (FRUIT, "3", None),
    "place 0": (FRUIT, "0", None),
    "another word": (FRUIT, "plum", None),
    "labels that are numbers go before places": (YEARS, "1", "1"),
    "yes": (YesNo(), "Yes.", True),
    "ja": (YesNo(), "ja", True),
    "sí": (YesNo(), "SÍ", True),
    "no": (YesNo(), "nein", False),
    "neither": (YesNo(), "maybe", None),
    "yes and more": (YesNo(), "yes please", None),
    "a text": (FreeText(5), "  fine ", "fine"),
    "a long text": (FreeText(5), "too long", None),
    "a blank text": (FreeText(5), " \n ", None),
}


@pytest.mark.parametrize("case", CASES)
def test_read(case: str) -> None:
    question, body, value = CASES[case]
    read = read_answer(question, body)
    assert read == value
    assert type(read) is type(value)


@given(st.text(max_size=30))
def test_no_text_is_more_than_the_question_allows(body: str) -> None:
    score = read_answer(SCORE, body)
    assert score is None or (isinstance(score, int) and 0 <= score <= 10)
    assert read_answer(FRUIT, body) in (None, "apple", "pear")
    free = read_answer(FreeText(10), body)
    assert (free is None) == (not 0 < len(body.strip()) <= 10)


@given(st.sampled_from([word for option in FRUIT.options for word in option.words]), st.sampled_from(" .!?\t\n"))
def test_case_and_marks_do_not_matter(word: str, mark: str) -> None:
    assert read_answer(FRUIT, f"{mark}{word.upper()}{mark}") == read_answer(FRUIT, plain(word))
