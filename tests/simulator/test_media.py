"""Media that people send: their addresses, the redirect to the bytes, and deletion."""

from base64 import b64encode

import aiohttp
import pytest
from aiohttp import web

from tests.simulator.running import MESSAGES, Twilio, Webhooks

PERSON = "+12125550101"
PICTURE = b"\x89PNG\r\n\x1a\n" + bytes(40)


@pytest.fixture
async def sent(twilio: Twilio, webhooks: Webhooks) -> dict[str, str]:
    """The form of a message with one picture."""
    webhooks.answer = lambda _call: web.Response(text="<Response/>", content_type="text/xml")
    await twilio.set(inbound_url=f"{webhooks.url}/inbound")
    medium = {"content_type": "image/png", "data": b64encode(PICTURE).decode()}
    await twilio.say(PERSON, "", media=[medium])
    return webhooks.calls[0].form


async def test_the_bytes_are_behind_a_redirect_that_needs_credentials(
    twilio: Twilio, sent: dict[str, str]
) -> None:
    assert (sent["NumMedia"], sent["MediaContentType0"]) == ("1", "image/png")
    url = sent["MediaUrl0"]
    assert url.startswith(f"{twilio.url}{MESSAGES}/{sent['MessageSid']}/Media/ME")
    async with aiohttp.ClientSession() as anyone, anyone.get(url) as refused:
        assert refused.status == 401
    path = url.removeprefix(twilio.url)
    redirect = await twilio.request("GET", path, allow_redirects=False)
    assert redirect.status == 307
    async with aiohttp.ClientSession() as anyone, anyone.get(twilio.url + redirect.headers["Location"]) as given:
        assert (given.content_type, await given.read()) == ("image/png", PICTURE)


async def test_media_are_listed_and_deleted(twilio: Twilio, sent: dict[str, str]) -> None:
    media = f"{MESSAGES}/{sent['MessageSid']}/Media"
    listed = (await twilio.request("GET", f"{media}.json")).json["media_list"]
    assert [medium["content_type"] for medium in listed] == ["image/png"]
    one = f"{media}/{listed[0]['sid']}.json"
    assert (await twilio.request("GET", one)).json["parent_sid"] == sent["MessageSid"]
    assert (await twilio.request("DELETE", one)).status == 204
    assert (await twilio.request("GET", one)).status == 404
    assert (await twilio.request("GET", sent["MediaUrl0"].removeprefix(twilio.url))).status == 404


async def test_on_whatsapp_twilio_leaves_stop_to_us(twilio: Twilio, webhooks: Webhooks) -> None:
    webhooks.answer = lambda _call: web.Response(
        text="<Response><Message>Done.</Message></Response>", content_type="text/xml"
    )
    await twilio.set(inbound_url=f"{webhooks.url}/inbound")
    await twilio.say(f"whatsapp:{PERSON}", "STOP")
    page = (await twilio.request("GET", f"{MESSAGES}.json", params={"To": f"whatsapp:{PERSON}"})).json
    assert [reply["body"] for reply in page["messages"]] == ["Done."]
    assert (await twilio.create(f"whatsapp:{PERSON}")).status == 201


async def test_a_flow_runs_once_at_a_time_with_a_person(twilio: Twilio) -> None:
    flow = "/v2/Flows/FW" + "0" * 32 + "/Executions"
    form = {"To": PERSON, "From": "+12025550100"}
    assert (await twilio.request("POST", flow, data=form)).json["flow_sid"].startswith("FW")
    assert (await twilio.request("POST", flow, data=form)).status == 409
    assert len((await twilio.get("executions"))["executions"]) == 1
