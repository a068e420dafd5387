"""The send flow: sends what is due of a campaign's run. Any number of them, on any machine, share one run."""

from uuid import UUID

from prefect import flow
from pydantic import BaseModel, Field

from messaging.settings import load_settings
from tasks.equipment import open_equipment
from tasks.finish import complete_run
from tasks.process_guard import arm_parent_death_signal
from tasks.report import wait_for_deliveries
from tasks.sending import send_until_done
from tasks.spans import flow_span
from tasks.working import working_on

arm_parent_death_signal()


class SendOrder(BaseModel):
    """Which campaign run to send."""

    run: UUID = Field(
        title="Campaign run",
        description="The id of the run, as `tidings campaign report --json` shows it.",
    )


@flow(
    name="send",
    description="Sends what is due of a campaign that is under way, beside others that do the same.",
)
async def send(order: SendOrder) -> None:
    """Claims and sends whatever of the run nobody has claimed; the last of them completes the run."""
    async with (
        open_equipment(load_settings()) as equipment,
        flow_span("send"),
        working_on(equipment, order.run, work=send_until_done),
    ):
        await wait_for_deliveries(equipment, order.run)
        await complete_run(equipment, order.run)
