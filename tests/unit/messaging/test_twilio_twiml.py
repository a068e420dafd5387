"""TwiML carries any text whole, and nothing that a text could smuggle in."""

from xml.etree import ElementTree as Xml

from hypothesis import given
from hypothesis import strategies as st

from messaging.twilio_twiml import NO_REPLY, Reply, answer_with, sayable


def test_nothing_to_say_is_an_empty_response() -> None:
    assert answer_with([]) == NO_REPLY
    assert len(Xml.fromstring(NO_REPLY)) == 0  # noqa: S314 (ours)


def test_a_reply_with_everything() -> None:
    twiml = answer_with(
        [Reply("Hi & <you>", ["https://a.example/?a=1&b=2"], "https://b.example/s?m=1&a=1#rc=5&rp=all")],
        redirect="https://c.example/?x=1&y=2",
    )
    message, redirect = Xml.fromstring(twiml)  # noqa: S314 (ours)
    assert message.get("action") == "https://b.example/s?m=1&a=1#rc=5&rp=all"
    assert (message.findtext("Body"), message.findtext("Media")) == ("Hi & <you>", "https://a.example/?a=1&b=2")
    assert redirect.text == "https://c.example/?x=1&y=2"


@given(st.lists(st.text(min_size=1), min_size=1, max_size=3))
def test_every_text_arrives_as_it_is_kept(texts: list[str]) -> None:
    bodies = [sayable(text) for text in texts]
    twiml = answer_with([Reply(body) for body in bodies])
    response = Xml.fromstring(twiml.encode("utf-8", "strict"))  # noqa: S314 (ours)
    assert [message.findtext("Body") or "" for message in response] == bodies
    assert [element.tag for element in response] == ["Message"] * len(bodies)
