"""The status callback's URL and back."""

from urllib.parse import urlsplit

import pytest
from hypothesis import given
from hypothesis import strategies as st

from messaging.callbacks import (
    CallbackRef,
    inbound_webhook_url,
    parse_status_query,
    status_callback_url,
    traceparent_in,
)


@pytest.mark.parametrize("base", ["https://sms.example.com", "https://sms.example.com/"])
def test_url(base: str) -> None:
    url = status_callback_url(base, message_id=42, attempt=2)
    assert url == "https://sms.example.com/webhooks/twilio/status?m=42&a=2#rc=5&rp=all"


def test_the_trace_goes_along_and_is_found() -> None:
    trace = "00-0af7651916cd43dd8448eb211c80319c-b7ad6b7169203331-01"
    url = status_callback_url("https://sms.example.com", message_id=7, attempt=1, traceparent=trace)
    assert url == f"https://sms.example.com/webhooks/twilio/status?m=7&a=1&t={trace}#rc=5&rp=all"
    query = urlsplit(url).query
    assert (traceparent_in(query), parse_status_query(query)) == (trace, CallbackRef(7, 1))


@pytest.mark.parametrize("query", ["m=7&a=1", "t=", "t=00-0AF7-b7-01", f"xt=00-{0:032}-{0:016}-01"])
def test_anything_else_is_no_trace(query: str) -> None:
    assert traceparent_in(query) is None


def test_a_base_with_a_path_keeps_it() -> None:
    url = status_callback_url("http://127.0.0.1:8000/tidings", message_id=1, attempt=1)
    assert url == "http://127.0.0.1:8000/tidings/webhooks/twilio/status?m=1&a=1#rc=5&rp=all"


@pytest.mark.parametrize("base", ["https://sms.example.com", "https://sms.example.com/"])
def test_what_people_write_is_posted_again_too(base: str) -> None:
    assert inbound_webhook_url(base) == "https://sms.example.com/webhooks/twilio/inbound#rc=5&rp=all"


@given(message_id=st.integers(1, 10**18 - 1), attempt=st.integers(1, 9999))
def test_what_is_written_is_read(message_id: int, attempt: int) -> None:
    url = status_callback_url("https://sms.example.com", message_id=message_id, attempt=attempt)
    assert parse_status_query(urlsplit(url).query) == CallbackRef(message_id, attempt)


@pytest.mark.parametrize(
    ("label", "query"),
    [
        ("empty", ""),
        ("no attempt", "m=1"),
        ("no message", "a=1"),
        ("blank", "m=&a=1"),
        ("a word", "m=one&a=1"),
        ("negative", "m=-1&a=1"),
        ("zero", "m=0&a=1"),
        ("signed", "m=%2B1&a=1"),
        ("spaces", "m=+1&a=1"),
        ("underscore", "m=1_0&a=1"),
        ("fraction", "m=1.0&a=1"),
        ("other digits", "m=%D9%A1&a=1"),
        ("more than a bigint", "m=9223372036854775808&a=1"),
        ("thousands of digits", "m=" + "9" * 5000 + "&a=1"),
        ("attempt beyond reason", "m=1&a=32768"),
        ("twice", "m=1&m=2&a=1"),
    ],
)
def test_malformed_refers_to_nothing(label: str, query: str) -> None:
    assert parse_status_query(query) is None, label


def test_other_names_do_not_matter() -> None:
    assert parse_status_query("bodySHA256=ab&m=7&a=1&x=") == CallbackRef(7, 1)


@given(st.text())
def test_any_query_is_read_or_not(query: str) -> None:
    ref = parse_status_query(query)
    assert ref is None or ref.message_id >= 1
