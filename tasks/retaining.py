"""Lets go of what an organization's policy keeps no longer, in short transactions; broken off, it goes on."""

import asyncio
from collections import Counter
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from uuid import UUID

from prefect import task
from prefect.artifacts import acreate_table_artifact
from prefect.cache_policies import NO_CACHE

from messaging.media_store import MediaStore
from models.exclusive import Duty, exclusive
from models.organizations import Organization, list_organizations
from models.policy.retention_section import Retention
from models.policy.store import load_policy
from models.rights.old_answers import count_old_answers, redact_answers
from models.rights.old_media import count_old_files, mark_removed, old_files
from models.rights.redacting import count_to_redact, redact_next, redact_passed_over
from tasks.equipment import Equipment, equipment

MESSAGES_AT_ONCE = 10_000
FILES_AT_ONCE = 50
ANSWERS_AT_ONCE = 5_000


@dataclass(frozen=True, slots=True)
class Retained:
    """What one organization let go of, by name; with `dry_run` what it would."""

    organization: str
    counts: Mapping[str, int]


@dataclass(frozen=True, slots=True)
class _Ends:
    """Before when texts, files and answers go."""

    bodies: datetime
    media: datetime
    answers: datetime

    @classmethod
    def of(cls, policy: Retention, *, now: datetime) -> "_Ends":
        days = (policy.bodies_days, policy.media_days, policy.answers_days)
        return cls(*(now - timedelta(days=each) for each in days))


@task(name="retain", task_run_name="retain", cache_policy=NO_CACHE)
async def retain(*, organization: str | None, dry_run: bool) -> Sequence[Retained]:
    """`retain_all` of a flow run, shown as a table artifact."""
    done = await retain_all(equipment(), organization=organization, dry_run=dry_run)
    await acreate_table_artifact(
        table=[{"organization": each.organization, **each.counts} for each in done],
        key="retention",
        description="What **would** be let go of." if dry_run else "What was let go of.",
    )
    return done


async def retain_all(
    tools: Equipment, *, organization: str | None = None, dry_run: bool = False
) -> Sequence[Retained]:
    """Of all organizations or of one, by its short name; nothing while another process does it."""
    async with exclusive(tools.engine, Duty.RETENTION) as alone:
        if not alone:
            return []
        async with tools.engine.connect() as connection:
            all_ = await list_organizations(connection)
        chosen = [each for each in all_ if organization in (None, each.slug)]
        return [await _one(tools, each, dry_run=dry_run) for each in chosen]


async def _one(tools: Equipment, organization: Organization, *, dry_run: bool) -> Retained:
    async with tools.engine.connect() as connection:
        policy = await load_policy(connection, organization.id)
    ends = _Ends.of(policy.retention, now=tools.clock())
    let_go = _count if dry_run else _let_go
    return Retained(organization.slug, dict(await let_go(tools, organization.id, ends)))


async def _count(tools: Equipment, organization_id: UUID, ends: _Ends) -> Counter[str]:
    async with tools.engine.connect() as connection:
        return Counter(
            messages=await count_to_redact(connection, organization_id, before=ends.bodies),
            media=await count_old_files(connection, organization_id, before=ends.media),
            answers=await count_old_answers(connection, organization_id, before=ends.answers),
        )


async def _let_go(tools: Equipment, organization_id: UUID, ends: _Ends) -> Counter[str]:
    return Counter(
        messages=await _messages(tools, organization_id, before=ends.bodies),
        media=await _media(tools, organization_id, before=ends.media),
        answers=await _answers(tools, organization_id, before=ends.answers),
    )


async def _messages(tools: Equipment, organization_id: UUID, *, before: datetime) -> int:
    async with tools.engine.begin() as connection:
        redacted = await redact_passed_over(connection, organization_id, before=before)
    while True:
        async with tools.engine.begin() as connection:
            batch = await redact_next(connection, organization_id, before=before, most=MESSAGES_AT_ONCE)
        redacted += batch.messages
        if batch.is_end:
            return redacted


async def _media(tools: Equipment, organization_id: UUID, *, before: datetime) -> int:
    store, removed = MediaStore.of(tools.settings), 0
    while True:
        async with tools.engine.connect() as connection:
            files = await old_files(connection, organization_id, before=before, most=FILES_AT_ONCE)
        if not files:
            return removed
        for path in files.values():
            await asyncio.to_thread(store.remove, path)
        async with tools.engine.begin() as connection:
            await mark_removed(connection, files, now=tools.clock())
        removed += len(files)


async def _answers(tools: Equipment, organization_id: UUID, *, before: datetime) -> int:
    redacted, batch = 0, ANSWERS_AT_ONCE
    while batch == ANSWERS_AT_ONCE:
        async with tools.engine.begin() as connection:
            batch = await redact_answers(connection, organization_id, before=before, most=ANSWERS_AT_ONCE)
        redacted += batch
    return redacted
