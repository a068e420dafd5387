"""Only what Twilio signed gets in, and what does not leaves no trace."""

import pytest
from sqlalchemy.ext.asyncio import AsyncEngine
from twilio.request_validator import RequestValidator

from tests.api.server import INBOUND, PERSON, PUBLIC_URL, STATUS, Api, sign
from tests.conftest import ACCOUNT_SID, AUTH_TOKEN
from tests.integration.outbox import rows, sid

OTHER_ACCOUNT = "AC" + "9" * 32
STATUS_FORM = {"AccountSid": ACCOUNT_SID, "MessageSid": sid(1), "MessageStatus": "sent"}
INBOUND_FORM = {
    "AccountSid": ACCOUNT_SID,
    "MessageSid": sid(1),
    "From": PERSON,
    "To": "+12025550100",
    "Body": "Hi",
}
FORMS = [(STATUS, STATUS_FORM), (INBOUND, INBOUND_FORM)]


async def _stored(database: AsyncEngine) -> int:
    async with database.connect() as connection:
        return int((await rows(connection, "SELECT count(*) FROM webhook_events"))[0][0])


@pytest.mark.parametrize(("path", "form"), FORMS, ids=["status", "inbound"])
@pytest.mark.parametrize("fault", ["missing", "empty", "nonsense", "another token", "another URL", "not ASCII"])
async def test_a_wrong_signature_is_refused_and_nothing_stored(
    api: Api, database: AsyncEngine, path: str, form: dict[str, str], fault: str
) -> None:
    signatures = {
        "missing": None,
        "empty": "",
        "nonsense": "c2lnbmF0dXJl",
        "another token": sign(path, list(form.items()), token="f0" * 16),
        "another URL": sign(path + "?m=1", list(form.items())),
        "not ASCII": "\xe9" * 28,
    }
    body = "&".join(f"{name}={value.replace('+', '%2B')}" for name, value in form.items())
    headers = [(b"content-type", b"application/x-www-form-urlencoded")]
    signature = signatures[fault]
    if signature is not None:
        headers.append((b"x-twilio-signature", signature.encode("latin-1")))
    answer = await api.client.post(path, content=body, headers=headers)
    assert answer.status_code == 403
    assert "X-Twilio-Signature" in answer.json()["detail"]
    assert await _stored(database) == 0


@pytest.mark.parametrize(("path", "form"), FORMS, ids=["status", "inbound"])
async def test_a_changed_field_is_refused(
    api: Api, database: AsyncEngine, path: str, form: dict[str, str]
) -> None:
    signature = sign(path, list(form.items()))
    answer = await api.post_raw(path, "&".join(f"{k}={v}x" for k, v in form.items()), signature=signature)
    assert answer.status_code == 403
    assert await _stored(database) == 0


@pytest.mark.parametrize(("path", "form"), FORMS, ids=["status", "inbound"])
async def test_another_account_is_refused_though_signed_with_our_token(
    api: Api, database: AsyncEngine, path: str, form: dict[str, str]
) -> None:
    assert (await api.post(path, {**form, "AccountSid": OTHER_ACCOUNT})).status_code == 403
    assert await _stored(database) == 0


async def test_the_host_that_was_called_does_not_matter(api: Api) -> None:
    signature = sign(STATUS, list(STATUS_FORM.items()))
    body = "&".join(f"{name}={value}" for name, value in STATUS_FORM.items())
    headers = {"Content-Type": "application/x-www-form-urlencoded", "X-Twilio-Signature": signature}
    answer = await api.client.post(STATUS, content=body, headers={**headers, "Host": "other.tidings.test"})
    assert answer.status_code == 204


@pytest.mark.parametrize("ending", ["", "#rc=5&rp=all"])
async def test_the_query_is_signed_and_the_fragment_may_be(api: Api, ending: str) -> None:
    form = list(STATUS_FORM.items())
    signature = sign(STATUS + "?m=12&a=1" + ending, form)
    body = "&".join(f"{name}={value}" for name, value in form)
    assert (await api.post_raw(STATUS + "?m=12&a=1", body, signature=signature)).status_code == 204
    assert (await api.post_raw(STATUS + "?m=13&a=1", body, signature=signature)).status_code == 403


async def test_blank_repeated_and_unknown_fields_are_signed_too(api: Api) -> None:
    form = [
        *STATUS_FORM.items(),
        ("Tag", "b"),
        ("Tag", "a"),
        ("Tag", "a"),
        ("ChannelPrefix", ""),
        ("Néw", "ü &=%"),
    ]
    assert (await api.post(STATUS, form)).status_code == 204


async def test_a_form_without_account_is_of_the_only_one(api: Api) -> None:
    form = {name: value for name, value in STATUS_FORM.items() if name != "AccountSid"}
    assert (await api.post(STATUS, form)).status_code == 204


async def test_get_is_no_webhook(api: Api) -> None:
    assert (await api.client.get(STATUS)).status_code == 405


@pytest.mark.parametrize(("algorithm", "status"), [("HMAC_SHA256", 204), ("HMAC_SHA1", 403), ("HMAC_SHA512", 403)])
async def test_a_shared_key_signs_by_the_algorithm_that_is_named(api: Api, algorithm: str, status: int) -> None:
    signature = RequestValidator(AUTH_TOKEN).compute_signature(PUBLIC_URL + STATUS, STATUS_FORM, "HMAC_SHA256")
    headers = {
        "X-Twilio-Signature": signature,
        "X-Twilio-Webhooks-Signature-Settings": f"key=webhooks_sharedkey_1,algorithm={algorithm}",
    }
    assert (await api.client.post(STATUS, data=STATUS_FORM, headers=headers)).status_code == status
