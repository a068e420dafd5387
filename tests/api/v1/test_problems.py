"""Every mistake in a request is a problem document that names the place."""

from collections.abc import AsyncIterator
from typing import Any

import pytest

from tests.api.server import Api
from tests.api.v1.client import V1, Client, problem
from tests.api.v1.routes import ANY_UUID

PHONE = "+12025550123"
CAMPAIGN = {"name": "Sale", "kind": "marketing", "body": "Hi", "audience": {}}


@pytest.mark.parametrize(
    ("path", "body", "pointer"),
    [
        ("/contacts", {}, "#/phone"),
        ("/contacts", {"phone": 5}, "#/phone"),
        ("/contacts", {"phone": "12"}, "#/phone"),
        ("/contacts", {"phone": PHONE, "nmae": "Ada"}, "#/nmae"),
        ("/contacts", {"phone": PHONE, "a/b~c": 1}, "#/a~1b~0c"),
        ("/contacts", {"phone": PHONE, "\ud800": 1}, "#"),
        ("/contacts", {"phone": PHONE, "first_name": "\x00"}, "#/first_name"),
        ("/contacts", {"phone": PHONE, "first_name": "\ud800"}, "#/first_name"),
        ("/contacts", {"phone": PHONE, "email": "nobody"}, "#/email"),
        ("/contacts", {"phone": PHONE, "timezone": "Mars/Base"}, "#/timezone"),
        ("/contacts", {"phone": PHONE, "tags": ["vip", ""]}, "#/tags/1"),
        ("/contacts", {"phone": PHONE, "attributes": {"size": [1]}}, "#/attributes/size"),
        ("/contacts", {"phone": PHONE, "attributes": {"size": "\ud800"}}, "#/attributes/size"),
        ("/contacts", [], "#"),
        ("/contacts", None, "#"),
        ("/campaigns", {**CAMPAIGN, "kind": "spam"}, "#/kind"),
        ("/campaigns", {**CAMPAIGN, "body": "Hi {{ nobody }}"}, "#/body"),
        ("/campaigns", {**CAMPAIGN, "body": "Hi {{ first_name"}, "#/body"),
        ("/campaigns", {**CAMPAIGN, "body": "x" * 1_601}, "#/body"),
        ("/campaigns", {**CAMPAIGN, "audience": {"countries": ["Mars"]}}, "#/audience/countries/0"),
        ("/campaigns", {**CAMPAIGN, "send_at": "2026-11-27T09:00:00"}, "#/send_at"),
        ("/campaigns", {**CAMPAIGN, "send_at": "0001-01-01T00:00:00+14:00"}, "#/send_at"),
        ("/campaigns", {**CAMPAIGN, "rate": 0}, "#/rate"),
    ],
)
async def test_a_wrong_value_is_told_with_its_place(client: Client, path: str, body: Any, pointer: str) -> None:
    found = problem(await client.post(path, body), 422, "invalid")
    assert pointer in [error.get("pointer") for error in found["errors"]]


@pytest.mark.parametrize(
    ("path", "parameter"),
    [
        ("/contacts?limit=0", "limit"),
        ("/contacts?limit=many", "limit"),
        ("/contacts?cursor=nonsense", "cursor"),
        ("/contacts?cursor=%C3%A9", "cursor"),
        ("/contacts?tag=%00", "tag"),
        ("/contacts/0", "contact_id"),
        ("/contacts/9223372036854775808", "contact_id"),
        ("/campaigns/none", "campaign_id"),
        ("/campaigns?cursor=MTI%3D", "cursor"),
    ],
)
async def test_a_wrong_parameter_is_named(client: Client, path: str, parameter: str) -> None:
    found = problem(await client.get(path), 422, "invalid")
    assert [error["parameter"] for error in found["errors"]] == [parameter]


@pytest.mark.parametrize(
    ("content", "says"),
    [
        (b'{"phone":\n  oops}', "at line 2, column 3"),
        (b"{", "at line 1, column 2"),
        (b'{"phone": "\xff"}', "parsing the body"),
        (b"[" * 100_000, "parsing the body"),
    ],
)
async def test_what_is_no_json_is_told_with_its_place(client: Client, content: bytes, says: str) -> None:
    found = problem(await _send(client, content), 400, "malformed-request")
    assert says in found["detail"]


async def test_another_content_type_is_refused(client: Client) -> None:
    answer = await _send(client, b"phone=12025550123", content_type="application/x-www-form-urlencoded")
    problem(answer, 415, "unsupported-media-type")


@pytest.mark.parametrize("streamed", [False, True], ids=["declared", "streamed"])
async def test_a_body_above_the_limit_is_refused(client: Client, *, streamed: bool) -> None:
    content = b'{"phone": "' + b"1" * 1024 * 1024 + b'"}'
    answer = await _send(client, _pieces(content) if streamed else content)
    found = problem(answer, 413, "too-large")
    assert "1,024 KiB" in found["detail"]


@pytest.mark.parametrize(
    ("method", "path", "status", "kind"),
    [
        ("GET", "/nothing", 404, "not-found"),
        ("GET", f"/campaigns/{ANY_UUID}", 404, "not-found"),
        ("GET", f"/campaigns/{ANY_UUID}/report", 404, "not-found"),
        ("GET", "/contacts/4711", 404, "not-found"),
        ("DELETE", "/contacts/4711", 405, "method-not-allowed"),
        ("PUT", "/contacts", 405, "method-not-allowed"),
    ],
)
async def test_what_is_not_there_is_a_problem_too(
    client: Client, method: str, path: str, status: int, kind: str
) -> None:
    problem(await client.request(method, path), status, kind)


async def test_webhooks_and_health_keep_their_plain_answers(api: Api) -> None:
    answer = await api.client.post("/webhooks/twilio/status", data={"MessageSid": "SM1"})
    assert (answer.status_code, answer.headers["content-type"]) == (403, "application/json")
    assert (await api.client.get("/nothing")).json() == {"detail": "Not Found"}


async def test_no_answer_may_be_kept_by_a_cache(client: Client) -> None:
    assert (await client.get("/contacts")).headers["cache-control"] == "no-store"


async def _pieces(content: bytes) -> AsyncIterator[bytes]:
    for at in range(0, len(content), 65_536):
        yield content[at : at + 65_536]


async def _send(
    client: Client, content: bytes | AsyncIterator[bytes], *, content_type: str = "application/json"
) -> Any:
    headers = {"Authorization": f"Bearer {client.key}", "Content-Type": content_type}
    return await client.http.post(f"{V1}/contacts", content=content, headers=headers)
