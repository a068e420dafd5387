"""Whether a contact may be written to, by the API; and consents that need more than a plain declaration."""

from typing import Any

import pytest

from tests.api.server import PERSON
from tests.api.v1.client import Client, problem

GIVEN: dict[str, Any] = {
    "phone": PERSON,
    "message_type": "marketing",
    "state": "opted_in",
    "method": "soft_opt_in",
    "source": "shop",
    "evidence": {"reference": "order 4711", "wording": "No offers, please: [ ]"},
}
NOT_HERE = "Only a sale stands behind it, which is no consent in this country."


@pytest.fixture
async def contact(client: Client) -> int:
    return int((await client.post("/contacts", {"phone": PERSON})).json()["id"])


@pytest.mark.parametrize(
    ("given", "asked", "refusal"),
    [
        pytest.param(None, "", "no_consent", id="nothing is known"),
        pytest.param(None, "?message_type=transactional", None, id="transactional"),
        pytest.param(GIVEN, "", "soft_opt_in_not_allowed", id="a sale in the US"),
        pytest.param({**GIVEN, "method": "web_form"}, "", None, id="a form"),
        pytest.param({**GIVEN, "method": "web_form", "topic": "Sales"}, "", "no_consent", id="to a topic only"),
        pytest.param({**GIVEN, "method": "web_form", "topic": "Sales"}, "?topic=SALES", None, id="to this topic"),
        pytest.param({**GIVEN, "method": "web_form"}, "?channel=whatsapp", "no_consent", id="on another channel"),
    ],
)
async def test_the_verdict(
    client: Client, contact: int, given: dict[str, Any] | None, asked: str, refusal: str | None
) -> None:
    if given is not None:
        assert (await client.post("/consents", given)).status_code == 201
    told = (await client.get(f"/contacts/{contact}/consents/verdict{asked}")).json()
    assert (told["allowed"], told["refusal"], told["country"]) == (refusal is None, refusal, "US")


async def test_it_is_told_in_sentences(client: Client, contact: int) -> None:
    await client.post("/consents", GIVEN)
    told = (await client.get(f"/contacts/{contact}/consents/verdict")).json()["sentences"]
    assert told[:2] == [NOT_HERE, "In US, a consent is enough."]
    assert told[2].startswith("To every topic on SMS: a yes, resting on a sale, since ")


@pytest.mark.parametrize("missing", ["reference", "wording"])
async def test_a_sale_needs_its_proof(client: Client, missing: str) -> None:
    evidence = {name: value for name, value in GIVEN["evidence"].items() if name != missing}
    refused = await client.post("/consents", {**GIVEN, "evidence": evidence})
    assert "A soft opt-in needs the sale as its proof" in problem(refused, 422, "invalid")["detail"]
