"""The retention flow: what is older than an organization's policy keeps it is redacted or removed, every night."""

from prefect import flow
from prefect.logging import get_run_logger
from pydantic import BaseModel, Field

from messaging.settings import load_settings
from tasks.equipment import open_equipment
from tasks.process_guard import arm_parent_death_signal
from tasks.retaining import retain

arm_parent_death_signal()


class RetentionOrder(BaseModel):
    """Whose, and whether only to count."""

    dry_run: bool = Field(
        default=False,
        title="Only count",
        description="Tells how much would go, and lets go of nothing.",
    )
    organization: str | None = Field(
        default=None,
        title="Organization",
        description="Its short name; without one, all of them.",
    )


@flow(
    name="retention",
    description="Lets go of texts, media and free answers that the organization's policy keeps no longer.",
)
async def retention(order: RetentionOrder) -> None:
    """Statuses, prices, segments, counts and the consent ledger stay; broken off, the next run goes on."""
    async with open_equipment(load_settings(), needs_callbacks=False):
        for done in await retain(organization=order.organization, dry_run=order.dry_run):
            get_run_logger().info("%s: %s", done.organization, done.counts)
