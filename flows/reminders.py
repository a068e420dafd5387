"""The reminders flow: what is due is planned and sent, and what nobody wants any more is taken back at Twilio."""

from prefect import flow
from prefect.logging import get_run_logger

from messaging.settings import load_settings
from tasks.equipment import open_equipment
from tasks.process_guard import arm_parent_death_signal
from tasks.reminders import looks, remind
from tasks.reminders_report import report_reminders
from tasks.scheduled_at_twilio import cancel_withdrawn
from tasks.spans import flow_span

arm_parent_death_signal()


@flow(
    name="reminders",
    description="Plans the reminders of appointments that are due; each person gets each of them once.",
)
async def reminders() -> None:
    """A look a minute; a late one, a second one at the same time, or one that was broken off does no harm."""
    async with open_equipment(load_settings(), needs_callbacks=False) as equipment, flow_span("reminders"):
        async for _ in looks(equipment):
            try:
                get_run_logger().info("%s", await remind(equipment))
            finally:  # whoever said no meanwhile must not wait for an error of ours
                get_run_logger().info("At Twilio: %s", await cancel_withdrawn(equipment))
        get_run_logger().info("Tables of days published: %d", await report_reminders(equipment))
