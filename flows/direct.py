"""The direct flow: sends messages that belong to no campaign, as they come, for all organizations."""

from prefect import flow

from messaging.settings import load_settings
from tasks.direct import send_direct
from tasks.equipment import open_equipment
from tasks.process_guard import arm_parent_death_signal
from tasks.stopping import until_told_to_stop

arm_parent_death_signal()


@flow(
    name="direct",
    description="Sends messages that belong to no campaign as they are asked for; ends when none come.",
)
async def direct() -> None:
    """Sends until none came for ten minutes; a second one at the same time ends at once.

    A stop, a person's cancel too, gives back what has not begun. What is due is taken up by the next one, which
    the API or the sweep starts.
    """
    async with open_equipment(load_settings()) as equipment:
        await until_told_to_stop(send_direct(equipment), when_told=_nobody)


async def _nobody() -> None:
    """There is no campaign to pause."""
