"""Card numbers and their like in a direct message's words."""

from collections.abc import Iterable
from uuid import UUID

from sqlalchemy.ext.asyncio import AsyncConnection

from messaging.personal_data import find_personal_data
from models.messages.direct.content import BodyRefused
from models.policy.personal_data import masked, refused_in, sentence
from models.policy.retention_section import Retention
from models.policy.store import load_policy


async def rules_for(connection: AsyncConnection, bodies: Iterable[str], *, organization_id: UUID) -> Retention:
    """What the organization's policy says; it is asked for only where a body holds such a number."""
    if any(find_personal_data(body) for body in set(bodies)):
        return (await load_policy(connection, organization_id)).retention
    return Retention()


def without_personal_data(body: str, rules: Retention) -> str:
    """The words that may be sent. Raises `BodyRefused`, which says where such a number stands, from 1."""
    refused = refused_in(body, rules)
    if refused is not None:
        raise BodyRefused(f"The body, character {refused.start + 1}: {sentence(refused)}.")
    return masked(body, rules)
