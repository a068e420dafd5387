"""What a campaign would do if it were started now: to how many, in how many segments, and how it reads."""

from collections import Counter
from collections.abc import Callable
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any
from uuid import UUID

from sqlalchemy import RowMapping, text
from sqlalchemy.ext.asyncio import AsyncConnection

from messaging.phones import mask
from models.campaigns.audience import AUDIENCE, REFUSAL, audience_values
from models.campaigns.rendering import CONTACT_COLUMNS, Rendered, compile_stored, render, values_of
from models.campaigns.tables import Campaign
from models.caps.foreseen import over_cap_at
from models.columns import utc_now
from models.messages.skip_reasons import in_words
from models.messages.tables import SkipReason
from models.policy.definition import Policy
from models.policy.quiet_hours_section import hours_of
from models.policy.store import load_policy
from models.quiet_hours.foreseen import Foreseen
from models.quiet_hours.held import HeldGroup
from models.quiet_hours.judging import QUIET_HOURS
from models.quiet_hours.place_key import PLACE_KEY
from models.senders import MessageType, NoSender, sender_for

BATCH = 1_000

_MEMBERS = text(f"""
    SELECT {CONTACT_COLUMNS}, {PLACE_KEY} AS place_key,
        COALESCE({REFUSAL}, CASE WHEN ct.id = ANY(CAST(:over_cap AS bigint[])) THEN 'frequency_cap' END) AS refusal
    {AUDIENCE}
""")

_SIZE = text(f"SELECT count(*) {AUDIENCE}")


@dataclass(frozen=True, slots=True)
class Sample:
    """One text as it would leave; `to` is the whole number, for `to_json` to mask."""

    to: str
    country: str | None
    body: str
    encoding: str
    segments: int

    def to_json(self, *, show_numbers: bool = False) -> dict[str, Any]:
        """The sample as JSON; the number masked unless it is asked for."""
        return {
            "to": self.to if show_numbers else mask(self.to),
            "country": self.country,
            "body": self.body,
            "encoding": self.encoding,
            "segments": self.segments,
        }


@dataclass(slots=True)
class Preview:
    """Counts over the whole audience: `eligible` and `skipped` by reason add up to `audience`.

    Of the eligible, `held` would wait for hours in which they may be written to, each with its moment and place.
    `by_encoding` and `by_country` count SMS segments; a contact without a country counts under "unknown".
    """

    audience: int = 0
    eligible: int = 0
    segments: int = 0
    skipped: Counter[str] = field(default_factory=lambda: Counter(dict.fromkeys(map(str, SkipReason), 0)))
    by_encoding: Counter[str] = field(default_factory=Counter)
    by_country: Counter[str] = field(default_factory=Counter)
    samples: list[Sample] = field(default_factory=list)
    held: list[HeldGroup] = field(default_factory=list)

    def to_json(self, *, rate: float | None, show_numbers: bool = False) -> dict[str, Any]:
        """The preview as JSON; `rate` in segments a second gives the seconds that sending takes."""
        return {
            "audience": self.audience,
            "eligible": self.eligible,
            "held": [group.to_json() for group in self.held],
            "skipped": dict(self.skipped),
            "skip_sentences": {reason: in_words(reason) for reason, count in self.skipped.items() if count},
            "segments": self.segments,
            "segments_by_encoding": dict(self.by_encoding.most_common()),
            "segments_by_country": dict(self.by_country.most_common()),
            "rate": rate,
            "seconds": None if rate is None else round(self.segments / rate, 1),
            "samples": [sample.to_json(show_numbers=show_numbers) for sample in self.samples],
        }


async def audience_size(connection: AsyncConnection, campaign: Campaign) -> int:
    """How many contacts the audience has now, whether they may be sent to or not."""
    values = audience_values(campaign, Policy(), now=utc_now())
    return int((await connection.execute(_SIZE, values)).scalar_one())


async def preview(
    connection: AsyncConnection,
    campaign: Campaign,
    *,
    samples: int = 3,
    at: datetime | None = None,
    keeps_hours: bool = False,
    on_progress: Callable[[int], None] = lambda _: None,
) -> Preview:
    """Renders the text of everyone who may be sent to, in constant memory, from one snapshot of the database.

    `on_progress` is called with the number of members seen so far. Consent and text are judged by the same rules
    as when the campaign is sent, and with `keeps_hours` the hours too, as if it began at `at`, or else now.
    """
    template = compile_stored(campaign.body)
    found = Preview()
    policy = await load_policy(connection, campaign.organization_id)
    now = at or utc_now()
    at = max(now, campaign.send_at or now)
    hours = hours_of(policy.quiet_hours)
    is_bound = keeps_hours and campaign.kind in hours.applies_to
    foreseen = Foreseen(hours if is_bound else None, at, campaign.send_before)
    over = await _over_cap(connection, campaign, policy, at=at)
    sender_id = await _sender_id(connection, campaign)
    values = {**audience_values(campaign, policy, now=at), "over_cap": over, "sender_id": sender_id}
    async with connection.stream(_MEMBERS, values, execution_options={"yield_per": BATCH}) as members:
        async for batch in members.mappings().partitions(BATCH):
            for row in batch:
                refusal = row["refusal"] or (QUIET_HOURS if foreseen.is_too_late(row["place_key"]) else None)
                rendered = render(template, values_of(row), policy.retention) if refusal is None else None
                if _count(found, row, rendered, samples, refusal=refusal):
                    foreseen.count(row["place_key"])
            on_progress(found.audience)
    found.held = foreseen.groups
    return found


async def _sender_id(connection: AsyncConnection, campaign: Campaign) -> UUID | None:
    try:
        return (await sender_for(connection, organization_id=campaign.organization_id, purpose=campaign.kind)).id
    except NoSender:
        return None


async def _over_cap(connection: AsyncConnection, campaign: Campaign, policy: Policy, *, at: datetime) -> list[int]:
    """The contacts who have had as much marketing as they may when the campaign begins."""
    if campaign.kind != MessageType.MARKETING:
        return []
    return sorted(await over_cap_at(connection, campaign.organization_id, policy.caps, at=at))


def _count(
    found: Preview, row: RowMapping, rendered: Rendered | None, samples: int, *, refusal: str | None
) -> bool:
    """Counts a member of the audience; says whether it would be sent to."""
    found.audience += 1
    if rendered is None or rendered.count is None:
        found.skipped[str(refusal if rendered is None else rendered.refusal)] += 1
        return False
    count = rendered.count
    found.eligible += 1
    found.segments += count.segments
    found.by_encoding[count.encoding] += count.segments
    found.by_country[row["country"] or "unknown"] += count.segments
    if len(found.samples) < samples:
        found.samples.append(Sample(row["phone"], row["country"], rendered.body, count.encoding, count.segments))
    return True
