"""Card numbers and their like in a message's words: refused or masked, as the organization's policy says."""

from collections.abc import Iterable
from uuid import UUID

from sqlalchemy.ext.asyncio import AsyncConnection

from messaging.personal_data import NAMES, find_personal_data, mask_all
from models.messages.direct.content import BodyRefused
from models.policy.retention_section import Retention
from models.policy.store import load_policy


async def rules_for(connection: AsyncConnection, bodies: Iterable[str], *, organization_id: UUID) -> Retention:
    """What the organization's policy says; it is asked for only where a body holds such a number."""
    if any(find_personal_data(body) for body in set(bodies)):
        return (await load_policy(connection, organization_id)).retention
    return Retention()


def without_personal_data(body: str, rules: Retention) -> str:
    """The words that may be sent. Raises `BodyRefused` that says what is in them and where, from 1."""
    found = find_personal_data(body)
    for one in found:
        if rules.handling(one.kind) == "refuse":
            raise BodyRefused(
                f"The body holds what looks like {NAMES[one.kind]} at character {one.start + 1}; take it out, or "
                f"let the policy allow it (`retention: {{{one.kind}s: allow}}`)."
            )
    return mask_all(body, [one for one in found if rules.handling(one.kind) == "mask"])
