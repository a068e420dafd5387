"""A preview says exactly what a start would do: the same people, reasons and segments as plan and claim."""

from collections import Counter
from dataclasses import dataclass
from datetime import timedelta
from typing import Any
from uuid import UUID

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from sqlalchemy import text
from sqlalchemy.ext.asyncio import AsyncConnection

from models.campaigns.plan import plan
from models.campaigns.preview import BATCH, Preview, audience_size, preview
from models.campaigns.rendering import compile_stored
from models.campaigns.runs import ensure_run
from models.campaigns.starting import rate_of
from models.campaigns.tables import ONCE, Campaign
from models.columns import utc_now
from models.messages.claim import claim
from tests.integration.population import add_campaign, add_contact, phone

BODY = "{% if plan != 'none' %}{{ first_name | default: 'you' }} {{ plan | times: 2 }}{% endif %}"


@dataclass(frozen=True)
class Person:
    name: str | None
    plan: str | None
    country: str | None
    tags: tuple[str, ...]
    consent: tuple[tuple[str, str], ...]


PEOPLE = st.lists(
    st.builds(
        Person,
        name=st.sampled_from([None, "Ada", "Zoë", "小红", "x" * 200, "é" * 800, "y" * 1700]),
        plan=st.sampled_from([None, "1", "none", "1e99"]),
        country=st.sampled_from([None, "US", "GB"]),
        tags=st.sampled_from([(), ("a",), ("b",), ("a", "b")]),
        consent=st.sampled_from(
            [
                (),
                (("marketing", "opted_in"),),
                (("marketing", "opted_out"), ("transactional", "opted_out")),
                (("transactional", "opted_out"),),
                (("marketing", "unknown"),),
            ]
        ),
    ),
    max_size=12,
)
AUDIENCES = st.sampled_from(
    [{}, {"tags": ["a"]}, {"tags": ["a", "b"], "countries": ["GB"]}, {"countries": ["US"]}]
)


@settings(max_examples=40, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(people=PEOPLE, audience=AUDIENCES, kind=st.sampled_from(["marketing", "transactional"]))
async def test_what_is_previewed_is_what_is_claimed(
    connection: AsyncConnection, organization_id: UUID, people: list[Person], audience: dict[str, Any], kind: str
) -> None:
    async with connection.begin_nested() as trial:
        for number, person in enumerate(people):
            await add_person(connection, organization_id, number, person)
        campaign = await add_campaign(connection, organization_id, kind=kind, audience=audience, body=BODY)
        seen = await preview(connection, campaign, samples=2)
        assert seen.eligible + seen.skipped.total() == seen.audience == await audience_size(connection, campaign)
        assert seen.by_encoding.total() == seen.by_country.total() == seen.segments
        assert len(seen.samples) == min(2, seen.eligible)
        assert figures(seen) == await figures_of_claim(connection, campaign)
        await trial.rollback()


def figures(seen: Preview) -> tuple[int, Counter[str], Counter[str], Counter[str]]:
    return seen.eligible, +seen.skipped, +seen.by_encoding, +seen.by_country


async def figures_of_claim(
    connection: AsyncConnection, campaign: Campaign
) -> tuple[int, Counter[str], Counter[str], Counter[str]]:
    now = utc_now()
    run = await ensure_run(connection, campaign, occurrence=ONCE, now=now)
    await plan(connection, campaign, run, now=now, window=timedelta(hours=1))
    template = compile_stored(campaign.body)
    taken = (
        await claim(connection, run.id, template=template, most=100, lease=60.0, now=now, hours_margin=None)
    ).messages
    skipped = await connection.execute(
        text("SELECT skip_reason FROM messages WHERE campaign_run_id = :id AND state = 'skipped'"), {"id": run.id}
    )
    encodings: Counter[str] = Counter()
    countries: Counter[str] = Counter()
    for message in taken:
        encodings[message.encoding] += message.segments
        countries[message.country or "unknown"] += message.segments
    return len(taken), Counter(skipped.scalars()), encodings, countries


async def add_person(connection: AsyncConnection, organization_id: UUID, number: int, person: Person) -> None:
    await add_contact(
        connection,
        organization_id,
        phone(number),
        first_name=person.name,
        country=person.country,
        tags=person.tags,
        attributes={"plan": person.plan} if person.plan else None,
        consent=dict(person.consent),
    )


async def test_every_reason(connection: AsyncConnection, organization_id: UUID) -> None:
    yes = (("marketing", "opted_in"),)
    for number, person in enumerate(
        [
            Person("Ada", "1", "US", (), yes),
            Person("小红", None, None, (), yes),
            Person("Eve", "1", "US", (), ()),
            Person("Bob", "1", "US", (), (("marketing", "opted_out"),)),
            Person("y" * 1700, "1", "US", (), yes),
            Person("Ann", "none", "US", (), yes),
            Person("Joe", "1", "US", (), yes),
        ]
    ):
        await add_person(connection, organization_id, number, person)
    body = BODY + "{% if first_name == 'Joe' %}{{ 1 | divided_by: 0 }}{% endif %}"
    campaign = await add_campaign(connection, organization_id, body=body)
    await connection.execute(
        text("UPDATE consents SET basis = 'confirmed' WHERE phone = :phone"), {"phone": phone(1)}
    )
    seen = await preview(connection, campaign)
    told = seen.to_json(rate=4.0)
    skipped = {reason: count for reason, count in told.pop("skipped").items() if count}
    assert skipped == {
        "no_consent": 1,
        "opted_out": 1,
        "body_too_long": 1,
        "empty_body": 1,
        "body_not_rendered": 1,
    }
    assert told.pop("skip_sentences").keys() == skipped.keys()
    assert told.pop("held") == []
    assert told == {
        "audience": 7,
        "eligible": 2,
        "segments": 2,
        "segments_by_encoding": {"GSM-7": 1, "UCS-2": 1},
        "segments_by_country": {"US": 1, "unknown": 1},
        "rate": 4.0,
        "seconds": 0.5,
        "samples": [
            {"to": "***00", "country": "US", "body": "Ada 2", "encoding": "GSM-7", "segments": 1},
            {"to": "***01", "country": None, "body": "小红 0", "encoding": "UCS-2", "segments": 1},
        ],
    }
    assert seen.samples[0].to_json(show_numbers=True)["to"] == phone(0)


async def test_more_than_a_batch_is_seen_in_batches(connection: AsyncConnection, organization_id: UUID) -> None:
    await connection.execute(
        text("""
            INSERT INTO contacts (organization_id, phone, country, created_at, updated_at)
            SELECT :id, '+1202555' || lpad(n::text, 6, '0'), 'US', now(), now() FROM generate_series(1, 2500) n
        """),
        {"id": organization_id},
    )
    campaign = await add_campaign(connection, organization_id, kind="transactional", body="Hello")
    progress: list[int] = []
    seen = await preview(connection, campaign, samples=0, on_progress=progress.append)
    assert (seen.audience, seen.eligible, seen.samples) == (2_500, 2_500, [])
    assert progress == [BATCH, 2 * BATCH, 2_500]


@pytest.mark.parametrize(("own", "sender", "rate"), [(None, 90.0, 90.0), (7.5, 90.0, 7.5), (200.0, 90.0, 90.0)])
async def test_the_rate_is_never_above_the_senders(
    connection: AsyncConnection, organization_id: UUID, own: float | None, sender: float, rate: float
) -> None:
    await connection.execute(text("UPDATE senders SET rate = :rate"), {"rate": sender})
    assert await rate_of(connection, await add_campaign(connection, organization_id, rate=own)) == rate


async def test_without_a_sender_the_rate_is_the_campaigns(
    connection: AsyncConnection, organization_id: UUID
) -> None:
    await connection.execute(text("DELETE FROM senders"))
    assert await rate_of(connection, await add_campaign(connection, organization_id, rate=3.0)) == 3.0
    assert await rate_of(connection, await add_campaign(connection, organization_id)) is None
