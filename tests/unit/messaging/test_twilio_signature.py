"""Webhook signatures, made here by the rule of Twilio's security page and by Twilio's own examples."""

import base64
import hashlib
import hmac
from typing import Any
from urllib.parse import parse_qsl

import pytest
from hypothesis import given
from hypothesis import strategies as st
from twilio.request_validator import RequestValidator

from messaging.twilio_signature import algorithm_of, is_signed_by

TOKEN = "12345"
URL = "https://sms.example.com/webhooks/twilio/status?m=1&a=1"
FORM = [("MessageSid", "SM" + "0" * 32), ("MessageStatus", "sent"), ("ErrorCode", "")]


def sign(url: str, form: list[tuple[str, str]], token: str = TOKEN) -> str:
    """The URL, then each name with its values, names sorted, a name's values sorted and each once."""
    text = url + "".join(name + value for name, value in sorted(set(form)))
    return base64.b64encode(hmac.new(token.encode(), text.encode(), hashlib.sha1).digest()).decode()


def test_twilios_own_example() -> None:
    """From https://www.twilio.com/docs/usage/security, with the signature printed there."""
    form = [
        ("CallSid", "CA1234567890ABCDE"),
        ("Caller", "+14158675309"),
        ("Digits", "1234"),
        ("From", "+14158675309"),
        ("To", "+18005551212"),
    ]
    url = "https://mycompany.com/myapp.php?foo=1&bar=2"
    signature = "RSOYDt4T1cUTdK1PDd93/VVr8B8="
    assert is_signed_by(TOKEN, url=url, params=form, body=b"", signature=signature)
    assert not is_signed_by("12346", url=url, params=form, body=b"", signature=signature)


@pytest.mark.parametrize(
    ("label", "signed_url", "asked_url"),
    [
        ("as it is", URL, URL),
        ("signed without the fragment", URL, URL + "#rc=5&rp=all"),
        ("signed with the fragment", URL + "#rc=5&rp=all", URL + "#rc=5&rp=all"),
        ("signed with the port", URL.replace(".com/", ".com:443/"), URL),
        ("signed without the port", URL, URL.replace(".com/", ".com:443/")),
        ("a port of our own", URL.replace(".com/", ".com:8443/"), URL.replace(".com/", ".com:8443/")),
        ("plain http", "http://127.0.0.1:8000/x", "http://127.0.0.1:8000/x"),
        ("plain http, port 80", "http://127.0.0.1:80/x", "http://127.0.0.1/x"),
        ("IPv6", "http://[::1]:8000/x", "http://[::1]:8000/x"),
        ("IPv6 without the port", "http://[::1]/x", "http://[::1]:8000/x"),
        ("user and password", "https://u:1@sms.example.com/x", "https://u:1@sms.example.com:443/x"),
        ("no path", "https://sms.example.com?a=1", "https://sms.example.com?a=1"),
        ("escapes stay", "https://sms.example.com/a%20b?q=%C3%A9&x=", "https://sms.example.com/a%20b?q=%C3%A9&x="),
        ("an empty query stays", "https://sms.example.com/x?", "https://sms.example.com/x?"),
    ],
)
def test_accepts(label: str, signed_url: str, asked_url: str) -> None:
    signature = sign(signed_url, FORM)
    assert is_signed_by(TOKEN, url=asked_url, params=FORM, body=b"", signature=signature), label


@pytest.mark.parametrize(
    ("label", "url", "form", "signature"),
    [
        ("another query", URL.replace("m=1", "m=2"), FORM, sign(URL, FORM)),
        ("another host", URL.replace("sms.", "evil."), FORM, sign(URL, FORM)),
        ("another scheme", URL.replace("https", "http"), FORM, sign(URL, FORM)),
        ("a value changed", URL, [*FORM[:1], ("MessageStatus", "read"), FORM[2]], sign(URL, FORM)),
        ("a name added", URL, [*FORM, ("Body", "hello")], sign(URL, FORM)),
        ("a blank name left out", URL, FORM[:2], sign(URL, [*FORM[:2], ("ErrorCode", "30003")])),
        ("a value trimmed", URL, [("Body", "hi")], sign(URL, [("Body", "hi ")])),
        ("another token", URL, FORM, sign(URL, FORM, "54321")),
        ("no signature", URL, FORM, ""),
        ("not base64, not ASCII", URL, FORM, "é" * 28),
        ("a port nobody asked for", URL, FORM, sign(URL.replace(".com/", ".com:8443/"), FORM)),
        ("a fragment nobody asked for", URL, FORM, sign(URL + "#rc=9", FORM)),
    ],
)
def test_refuses(label: str, url: str, form: list[tuple[str, str]], signature: str) -> None:
    assert not is_signed_by(TOKEN, url=url, params=form, body=b"", signature=signature), label


def test_a_repeated_name_counts_each_value_once_in_order() -> None:
    form = parse_qsl("MediaUrl=b&MediaUrl=a&MediaUrl=b&Body=", keep_blank_values=True)
    signature = sign(URL, [("Body", ""), ("MediaUrl", "a"), ("MediaUrl", "b")])
    assert is_signed_by(TOKEN, url=URL, params=form, body=b"", signature=signature)


JSON = '{"événement": "x"}'.encode()
LATIN = b"\xff"  # not UTF-8


def hashed(body: bytes) -> str:
    return f"https://sms.example.com/hook?bodySHA256={hashlib.sha256(body).hexdigest()}"


HASHED = hashed(JSON)


@pytest.mark.parametrize(
    ("label", "url", "body", "accepted"),
    [
        ("the body that was signed", HASHED, JSON, True),
        ("another body", HASHED, JSON + b" ", False),
        ("no body where one was signed", HASHED, b"", False),
        ("a body that the URL does not name", "https://sms.example.com/hook", JSON, False),
        ("two hashes", HASHED + "&bodySHA256=00", JSON, False),
        ("neither body nor hash", "https://sms.example.com/hook", b"", True),
        ("not UTF-8", hashed(LATIN), LATIN, True),
    ],
)
def test_bodies_that_are_no_form(label: str, url: str, body: bytes, accepted: bool) -> None:  # noqa: FBT001 (a table's column)
    signature = sign(url, [])
    assert is_signed_by(TOKEN, url=url, params=None, body=body, signature=signature) is accepted, label


@given(
    form=st.lists(st.tuples(st.text(min_size=1, max_size=8), st.text(max_size=20)), unique_by=lambda pair: pair[0])
)
def test_agrees_with_twilios_validator(form: list[tuple[str, str]]) -> None:
    signature = RequestValidator(TOKEN).compute_signature(URL, dict(form))
    assert is_signed_by(TOKEN, url=URL, params=form, body=b"", signature=signature)
    assert not is_signed_by(TOKEN, url=URL, params=[*form, ("\x00", "x")], body=b"", signature=signature)


@given(url=st.text(max_size=40), signature=st.text(max_size=40))
def test_nonsense_is_refused(url: str, signature: str) -> None:
    assert not is_signed_by(TOKEN, url=url, params=FORM, body=b"", signature=signature)
    assert not is_signed_by(TOKEN, url=url, params=None, body=b"{}", signature=signature)


SETTINGS = "key=webhooks_sharedkey_1,algorithm=HMAC_SHA256"


@pytest.mark.parametrize(
    ("header", "signed_with", "accepted"),
    [
        ("", hashlib.sha1, True),
        ("", hashlib.sha256, False),
        (SETTINGS, hashlib.sha256, True),
        (SETTINGS.lower(), hashlib.sha256, True),
        (SETTINGS, hashlib.sha1, False),
        ("algorithm=HMAC_MD5", hashlib.md5, False),
        ("algorithm=", hashlib.sha1, True),
    ],
)
def test_the_algorithm_is_that_of_the_header(header: str, signed_with: Any, accepted: bool) -> None:  # noqa: FBT001 (a table's column)
    text = URL + "".join(name + value for name, value in sorted(set(FORM)))
    signature = base64.b64encode(hmac.new(TOKEN.encode(), text.encode(), signed_with).digest()).decode()
    found = is_signed_by(
        TOKEN, url=URL, params=FORM, body=b"", signature=signature, algorithm=algorithm_of(header)
    )
    assert found is accepted
