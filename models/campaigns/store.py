"""Campaigns kept and found again."""

from dataclasses import dataclass
from datetime import datetime
from uuid import UUID

from sqlalchemy import insert, select, text
from sqlalchemy.ext.asyncio import AsyncConnection
from sqlmodel import col

from messaging.errors import TidingsError
from models.campaigns.definition import CampaignDefinition
from models.campaigns.tables import Campaign
from models.columns import new_id, utc_now
from models.organizations import DEFAULT_SLUG, find_organization, load_organization


class NoSuchCampaign(TidingsError):
    """Nothing, or more than one thing, goes by this name; the text says how to find the id."""


@dataclass(frozen=True, slots=True)
class CampaignLine:
    """A campaign in a list: its newest run's state, None before the first start."""

    id: UUID
    name: str
    kind: str
    send_at: datetime | None
    created_at: datetime
    occurrence: str | None
    state: str | None


_OWNER = text("SELECT organization_id FROM campaigns WHERE id = :id")

_ATTRIBUTES = text("""
    SELECT DISTINCT jsonb_object_keys(attributes) FROM contacts WHERE organization_id = :organization_id
""")

_LINES = text("""
    SELECT c.id, c.name, c.kind, c.send_at, c.created_at, r.occurrence, r.state
    FROM campaigns c
    LEFT JOIN LATERAL (
        SELECT occurrence, state FROM campaign_runs WHERE campaign_id = c.id ORDER BY id DESC LIMIT 1) r ON true
    WHERE c.organization_id = :organization_id AND NOT c.standing
        AND (CAST(:before AS uuid) IS NULL OR c.id < :before)
    ORDER BY c.id DESC
    LIMIT :most
""")


async def attribute_names(connection: AsyncConnection, organization_id: UUID) -> set[str]:
    """The names of all attributes that occur among the organization's contacts."""
    return set((await connection.execute(_ATTRIBUTES, {"organization_id": organization_id})).scalars())


async def insert_campaign(
    connection: AsyncConnection, definition: CampaignDefinition, *, organization_id: UUID
) -> Campaign:
    """Stores a campaign; another of the same name may exist."""
    campaign = Campaign(
        id=new_id(),
        organization_id=organization_id,
        name=definition.name,
        kind=definition.kind.value,
        topic=definition.topic,
        sensitive=definition.sensitive,
        body=definition.body,
        audience=definition.audience,
        rate=definition.rate,
        priority=definition.priority.value,
        alerts=definition.alerts,
        send_at=definition.send_at,
        send_before=definition.send_before,
        created_at=utc_now(),
    )
    await connection.execute(insert(Campaign).values(**campaign.model_dump()))
    return campaign


async def find_campaign(connection: AsyncConnection, reference: str, *, organization_id: UUID) -> Campaign:
    """The organization's campaign of this id, or its only one of this name. Raises `NoSuchCampaign`."""
    id_ = _as_id(reference)
    named = select(Campaign).where(
        col(Campaign.organization_id) == organization_id,
        col(Campaign.id) == id_ if id_ else col(Campaign.name) == reference,
        col(Campaign.standing).is_(False),
    )
    found = (await connection.execute(named.order_by(col(Campaign.id).desc()))).mappings().all()
    if len(found) == 1:
        return Campaign(**found[0])
    if found:
        ids = " or ".join(str(row["id"]) for row in found[:3])
        raise NoSuchCampaign(f'{len(found)} campaigns are called "{reference}"; name one by its id: {ids}.')
    slug = (await load_organization(connection, organization_id)).slug
    whose = "" if slug == DEFAULT_SLUG else f' of organization "{slug}"'
    raise NoSuchCampaign(f'There is no campaign "{reference}"{whose}; `tidings campaign list` shows all of them.')


async def find_ordered(connection: AsyncConnection, reference: str, *, organization: str) -> Campaign:
    """The campaign that a flow run is to send: by its id whosever it is, by its name within the organization.

    Raises `NoSuchCampaign` or `NoSuchOrganization`.
    """
    id_ = _as_id(reference)
    owner = (await connection.execute(_OWNER, {"id": id_})).scalar_one_or_none() if id_ else None
    organization_id = owner or (await find_organization(connection, organization)).id
    return await find_campaign(connection, reference, organization_id=organization_id)


async def load_campaign(connection: AsyncConnection, campaign_id: UUID) -> Campaign:
    """The campaign of this id. Raises `sqlalchemy.exc.NoResultFound` when there is none."""
    asked = select(Campaign).where(col(Campaign.id) == campaign_id)
    return Campaign(**(await connection.execute(asked)).mappings().one())


async def list_campaigns(
    connection: AsyncConnection, organization_id: UUID, *, before: UUID | None = None, most: int | None = None
) -> list[CampaignLine]:
    """The organization's campaigns, newest first: all, or a page of them from below the id `before`."""
    asked = {"organization_id": organization_id, "before": before, "most": most}
    rows = await connection.execute(_LINES, asked)
    return [CampaignLine(**row) for row in rows.mappings()]


def _as_id(reference: str) -> UUID | None:
    try:
        return UUID(reference)
    except ValueError:
        return None
