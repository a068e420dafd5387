"""The sweep flow: settles lost answers and takes up whatever was left lying, every minute."""

from prefect import flow
from prefect.logging import get_run_logger

from messaging.settings import load_settings
from tasks.equipment import open_equipment
from tasks.process_guard import arm_parent_death_signal
from tasks.recovery import recover
from tasks.settling import settle_all

arm_parent_death_signal()


@flow(
    name="sweep",
    description="Finds out about lost answers, and goes on with what a crash or a restart has left lying.",
)
async def sweep() -> None:
    """Recovers, settles, and recovers what settling found unsent. A second one at the same time ends at once."""
    async with open_equipment(load_settings(), needs_callbacks=False) as equipment:
        get_run_logger().info("%s", await recover(equipment))
        settled = await settle_all(equipment)
        get_run_logger().info("%s", settled)
        if settled.verdicts:
            get_run_logger().info("%s", await recover(equipment))
