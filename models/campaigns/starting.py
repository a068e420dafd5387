"""What a start needs to know of a campaign, and how it goes on after a fault that someone has mended."""

from dataclasses import dataclass
from datetime import datetime
from uuid import UUID

from sqlalchemy import text
from sqlalchemy.ext.asyncio import AsyncConnection

from messaging.errors import TidingsError
from models.campaigns.runs import Run, ensure_run, load_run
from models.campaigns.store import find_campaign
from models.campaigns.tables import Campaign, RunState
from models.campaigns.timeline import Actor, Event, What, note, note_for_sender
from models.compliance.starting import require_a_country
from models.senders import NoSender, Sender, sender_for
from models.slowing import open_sender

_RUN_ID = text("SELECT id FROM campaign_runs WHERE campaign_id = :campaign_id AND occurrence = :occurrence")

_RUN_GOES_ON = text("""
    UPDATE campaign_runs
    SET state = CASE WHEN planned_at IS NULL THEN 'scheduled' ELSE 'sending' END, state_reason = NULL
    WHERE id = :run_id AND state = 'paused'
""")

_SENDER_GOES_ON = text("""
    UPDATE senders SET state = 'active', state_reason = NULL WHERE id = :sender_id AND state = 'paused'
""")

_COUNTRIES_GO_ON = text("DELETE FROM country_pauses WHERE sender_id = :sender_id")

_RUN_TO_SENDER = text(
    "UPDATE campaign_runs SET sender_id = :sender_id WHERE id = :run_id AND sender_id <> :sender_id"
)

_MESSAGES_TO_SENDER = text("""
    UPDATE messages SET sender_id = :sender_id
    WHERE campaign_run_id = :run_id AND state = 'planned' AND sender_id <> :sender_id
""")


@dataclass(frozen=True, slots=True)
class Resumed:
    """What a start set going again: the run, its sender, how many countries; `replaced`: by a new sender."""

    run: bool
    sender: bool
    countries: int
    replaced: bool

    def __bool__(self) -> bool:
        return self.run or self.sender or self.countries > 0 or self.replaced


class RunCanceled(TidingsError):
    """The run was canceled for good."""


class WindowPassed(TidingsError):
    """The campaign's `send_before` is over before anything of it was planned."""


async def make_ready(
    connection: AsyncConnection, reference: str, *, organization_id: UUID, occurrence: str, now: datetime
) -> tuple[Campaign, Resumed]:
    """The campaign, ready for a flow run to send this occurrence of it; what a mended fault had paused goes on.

    Raises `NoSuchCampaign`, `NoSender`, `SenderNotAllowed`, `RunCanceled` or `WindowPassed`.
    """
    campaign = await find_campaign(connection, reference, organization_id=organization_id)
    sender = await sender_of(connection, campaign)
    await require_a_country(connection, campaign, sender)
    run = await find_run(connection, campaign.id, occurrence=occurrence)
    _require_a_future(campaign, run, occurrence=occurrence, now=now)
    if run is None:
        await _schedule(connection, campaign, occurrence=occurrence, now=now)
    return campaign, await resume_after_fix(connection, run, sender=sender, now=now)


def _require_a_future(campaign: Campaign, run: Run | None, *, occurrence: str, now: datetime) -> None:
    if run is not None and run.state is RunState.CANCELED:
        raise RunCanceled(
            f'The run "{occurrence}" of "{campaign.name}" was canceled; '
            "give --occurrence a new label to send it again."
        )
    is_planned = run is not None and run.planned_at is not None
    if campaign.send_before is not None and campaign.send_before <= now and not is_planned:
        raise WindowPassed(
            f'"{campaign.name}" was to be sent before {campaign.send_before.isoformat()}; '
            "create it again with a later send_before."
        )


async def _schedule(connection: AsyncConnection, campaign: Campaign, *, occurrence: str, now: datetime) -> None:
    """The run exists from its start on, so that it can be paused and canceled before its time."""
    run = await ensure_run(connection, campaign, occurrence=occurrence, now=now, state=RunState.SCHEDULED)
    begins_at = max(now, campaign.send_at or now).isoformat()
    await note(connection, run.id, Event(What.SCHEDULED, Actor.PERSON, at=now, detail={"begins_at": begins_at}))


async def find_run(connection: AsyncConnection, campaign_id: UUID, *, occurrence: str) -> Run | None:
    """The run of this occurrence, or None when it never began."""
    asked = {"campaign_id": campaign_id, "occurrence": occurrence}
    run_id = (await connection.execute(_RUN_ID, asked)).scalar_one_or_none()
    return await load_run(connection, run_id) if run_id else None


async def sender_of(connection: AsyncConnection, campaign: Campaign) -> Sender:
    """The sender that the campaign's messages leave by now. Raises `NoSender`."""
    return await sender_for(connection, organization_id=campaign.organization_id, purpose=campaign.kind)


async def rate_of(connection: AsyncConnection, campaign: Campaign) -> float | None:
    """Segments a second: the campaign's own rate, but no more than its sender's; None when neither is known."""
    try:
        sender = await sender_of(connection, campaign)
    except NoSender:
        return campaign.rate
    return sender.rate if campaign.rate is None else min(sender.rate, campaign.rate)


async def resume_after_fix(
    connection: AsyncConnection,
    run: Run | None,
    *,
    sender: Sender,
    now: datetime,
    reason: str | None = None,
    actor: Actor = Actor.PERSON,
) -> Resumed:
    """Sets going what an earlier configuration error had paused: a start is a person's word that it is mended.

    A sender that rests for a limit of the day goes on too (and rests again when Twilio says so again).

    A run whose Messaging Service was replaced in the settings goes on with the present one, for what it has not
    sent yet. Other campaigns of the same sender go on too.
    """
    values = {"run_id": run.id if run else None, "sender_id": sender.id}
    sender_goes_on = (await connection.execute(_SENDER_GOES_ON, values)).rowcount
    sender_goes_on += await open_sender(connection, sender.id)
    countries = (await connection.execute(_COUNTRIES_GO_ON, values)).rowcount
    event = Event(What.RESUMED, actor, at=now, why=reason)
    if sender_goes_on or countries:
        await note_for_sender(connection, sender.id, event)
    replaced = (await connection.execute(_RUN_TO_SENDER, values)).rowcount
    if replaced:
        await connection.execute(_MESSAGES_TO_SENDER, values)
    run_goes_on = (await connection.execute(_RUN_GOES_ON, values)).rowcount
    if run is not None and run_goes_on:
        await note(connection, run.id, event)
    return Resumed(run=run_goes_on == 1, sender=sender_goes_on > 0, countries=countries, replaced=replaced == 1)
