"""A campaign that could reach nobody, because its sender may not send to any of its countries, is not started."""

from sqlalchemy import text
from sqlalchemy.ext.asyncio import AsyncConnection

from messaging.compliance.country_rules import objections
from messaging.errors import TidingsError
from models.campaigns.audience import WANTED, audience_values
from models.campaigns.tables import Campaign
from models.columns import utc_now
from models.compliance.store import numbers_of
from models.policy.definition import Policy
from models.senders import Sender

_COUNTRY = text(f"""
    SELECT min(ct.country) AS country FROM contacts ct {WANTED}
    HAVING bool_and(COALESCE(ct.country = ANY(CAST(:refused AS text[])), false))
""")  # noqa: S608 (only the text above is put in)
"""One of the countries of the audience, if its sender may send to none of them; nobody has none."""


class SenderNotAllowed(TidingsError):
    """The campaign's sender may not send to anyone in its audience; the text says why."""


async def require_a_country(connection: AsyncConnection, campaign: Campaign, sender: Sender) -> None:
    """Raises `SenderNotAllowed` when everyone in the audience is where the sender may not send."""
    if not sender.refused_countries:
        return
    values = audience_values(campaign, Policy(), now=utc_now())
    refused = {**values, "refused": sender.refused_countries}
    country = (await connection.execute(_COUNTRY, refused)).scalar_one_or_none()
    if country is not None:
        raise await _not_allowed(connection, campaign, sender, country)


async def _not_allowed(
    connection: AsyncConnection, campaign: Campaign, sender: Sender, country: str
) -> SenderNotAllowed:
    """With the reason of the first number: those of the others are told by `tidings sender check`."""
    numbers = await numbers_of(connection, sender.id)
    why = "; ".join(rule.why for _, rule in objections(numbers, country, live=True)[:1])
    return SenderNotAllowed(
        f'"{campaign.name}" would reach nobody, because its sender may not send to {country}: {why}; '
        f"see `tidings sender check {sender.purpose}`."
    )
