"""What is older than the policy keeps it goes; what may still be sent, and what counts and prices need, stays."""

from collections.abc import Sequence
from dataclasses import replace
from datetime import timedelta
from pathlib import Path

import pytest

from models.columns import utc_now
from models.messages.direct.drafts import Draft
from models.policy.store import set_policy
from tasks import retaining
from tasks.direct import send_direct
from tasks.equipment import Equipment
from tasks.media import tend_media
from tasks.retaining import Retained, retain_all
from tests.integration.direct.posting import post
from tests.integration.replies.conftest import PERSON, Talk
from tests.integration.rights.everywhere import places_of
from tests.integration.rights.test_erasing import PICTURE, delivered

pytestmark = pytest.mark.usefixtures("nothing_unhandled")

WORDS = "Hello there, my friend"


async def keep_days(talk: Talk, **days: int) -> None:
    async with talk.engine.begin() as connection:
        written = "retention: {" + ", ".join(f"{name}: {value}" for name, value in days.items()) + "}"
        await set_policy(connection, talk.organization_id, written, actor="test", now=utc_now())


def later(tools: Equipment, days: float) -> Equipment:
    return replace(tools, clock=lambda: utc_now() + timedelta(days=days))


def counts(done: Sequence[Retained]) -> dict[str, int]:
    [one] = done
    return dict(one.counts)


async def test_texts_and_what_repeats_them_go_and_the_rest_stays(
    talk: Talk, tools: Equipment, tmp_path: Path
) -> None:
    await keep_days(talk, bodies_days=30, media_days=10)
    await talk.say(WORDS, media=[PICTURE])
    await tend_media(tools)
    await post(talk.engine, talk.organization_id, Draft(to=PERSON, body=WORDS))
    await send_direct(tools, idle_seconds=0.1)
    await delivered(talk)
    assert counts(await retain_all(later(tools, 9))) == {"messages": 0, "media": 0, "answers": 0}
    assert counts(await retain_all(later(tools, 11))) == {"messages": 0, "media": 1, "answers": 0}
    assert [path for path in (tmp_path / "media").rglob("*") if path.is_file()] == []
    would = await retain_all(later(tools, 31), dry_run=True)
    assert counts(would) == {"messages": 2, "media": 0, "answers": 0}
    assert counts(await retain_all(later(tools, 31))) == counts(would)
    assert set(await places_of(talk.engine, WORDS)) == {"webhook_events"}, "the sweep removes raw webhooks"
    assert await talk.rows("SELECT state::text, segments FROM messages WHERE direction = 'outbound'") == [
        ("delivered", 1)
    ]
    assert counts(await retain_all(later(tools, 31))) == {"messages": 0, "media": 0, "answers": 0}


async def test_what_may_still_be_sent_or_settled_waits_for_its_end(talk: Talk, tools: Equipment) -> None:
    await keep_days(talk, bodies_days=30)
    for state in ("planned", "claimed", "unknown"):
        planned = await post(talk.engine, talk.organization_id, Draft(to=PERSON, body=WORDS))
        await talk.do(
            "UPDATE messages SET state = CAST(:state AS message_state) WHERE id = :id", state=state, id=planned.id
        )
    assert counts(await retain_all(later(tools, 31)))["messages"] == 0
    await talk.do("UPDATE messages SET state = 'delivered' WHERE state <> 'planned'")
    assert counts(await retain_all(later(tools, 31)))["messages"] == 2
    assert await talk.rows("SELECT state::text, body FROM messages WHERE body IS NOT NULL") == [("planned", WORDS)]


async def test_batches_go_on_where_they_were_broken_off_and_miss_nothing(
    talk: Talk, tools: Equipment, monkeypatch: pytest.MonkeyPatch
) -> None:
    await keep_days(talk, bodies_days=30)
    monkeypatch.setattr(retaining, "MESSAGES_AT_ONCE", 2)
    for _ in range(5):
        planned = await post(talk.engine, talk.organization_id, Draft(to=PERSON, body=WORDS))
        await talk.do("UPDATE messages SET state = 'delivered' WHERE id = :id", id=planned.id)
    young = (
        "UPDATE messages SET created_at = now() + interval '20 days' WHERE id = (SELECT min(id) + 2 FROM messages)"
    )
    await talk.do(young)
    assert counts(await retain_all(later(tools, 31)))["messages"] == 3, "an older one behind a younger one too"
    assert counts(await retain_all(later(tools, 51)))["messages"] == 2
    assert await talk.rows("SELECT count(*) FROM messages WHERE body IS NOT NULL") == [(0,)]


async def test_free_answers_go_and_choices_stay(talk: Talk, tools: Equipment) -> None:
    await keep_days(talk, answers_days=30)
    await talk.do(
        """
        INSERT INTO contacts (organization_id, phone, created_at, updated_at)
        SELECT id, :phone, now(), now() FROM organizations""",
        phone=PERSON,
    )
    await talk.do(
        """
        WITH v AS (
            INSERT INTO conversations (id, organization_id, contact_id, our_address, channel, preview, unread,
                                       created_at)
            SELECT gen_random_uuid(), organization_id, id, 'MG', 'sms', '', 0, now() FROM contacts RETURNING *),
        s AS (
            INSERT INTO surveys (id, organization_id, name, version, source, definition, created_at)
            SELECT gen_random_uuid(), organization_id, 'visit', 1, '', CAST(:definition AS jsonb), now() FROM v
            RETURNING *),
        r AS (
            INSERT INTO survey_runs (id, organization_id, survey_id, conversation_id, contact_id, state, step,
                                     started_at, ends_at)
            SELECT gen_random_uuid(), v.organization_id, s.id, v.id, v.contact_id, 'finished', 'why', now(), now()
            FROM v, s RETURNING *)
        INSERT INTO survey_answers (organization_id, run_id, step, outcome, value, message_sid, answered_at)
        SELECT r.organization_id, r.id, a.step, 'answered', CAST(a.value AS jsonb), 'SM' || a.step, now()
        FROM r, (VALUES ('why', '"Because"'), ('which', '"doctor"')) AS a(step, value)""",
        definition=(
            '{"steps": [{"key": "why", "question": {"kind": "text"}},'
            ' {"key": "which", "question": {"kind": "choice"}}]}'
        ),
    )
    assert counts(await retain_all(later(tools, 29)))["answers"] == 0
    assert counts(await retain_all(later(tools, 31)))["answers"] == 1
    assert await talk.rows("SELECT step, value FROM survey_answers ORDER BY id") == [
        ("why", None),
        ("which", "doctor"),
    ]
