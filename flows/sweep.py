"""The sweep flow: hears what was written while nobody listened, settles lost answers, takes up what lies."""

from prefect import flow
from prefect.logging import get_run_logger

from messaging.settings import load_settings
from models.replies.flow_starts import start_flows
from tasks.alerts import tend_alerts
from tasks.archiving import archive_webhooks
from tasks.catching_up import catch_up
from tasks.equipment import open_equipment
from tasks.event_retention import remove_old_events
from tasks.kept_answers import forget_old_answers
from tasks.media import tend_media
from tasks.polling import poll_statuses
from tasks.pricing import read_prices
from tasks.process_guard import arm_parent_death_signal
from tasks.recovery import recover
from tasks.scheduled_at_twilio import cancel_withdrawn
from tasks.settling import settle_all
from tasks.spans import flow_span
from tasks.surveys import tend_surveys

arm_parent_death_signal()


@flow(
    name="sweep",
    description="Finds out about lost answers, and goes on with what a crash or a restart has left lying.",
)
async def sweep() -> None:
    """Closes gaps, recovers, settles, and recovers what settling found unsent; a second sweep ends at once.

    Gaps come first: a STOP that waits at Twilio counts before anything is sent again, and before what Twilio keeps
    for later leaves. Alerts come before what may take minutes. Last comes what has time: the comparison of all
    that people wrote, the archive of raw webhooks, messages whose end nobody reported, prices, old events, and
    old answers to repeatable requests.
    """
    async with open_equipment(load_settings(), needs_callbacks=False) as equipment, flow_span("sweep"):
        get_run_logger().info("%s", await catch_up(equipment, gaps_only=True))
        get_run_logger().info("%s", await cancel_withdrawn(equipment))
        get_run_logger().info("%s", await recover(equipment))
        get_run_logger().info("%s", await tend_alerts(equipment))
        settled = await settle_all(equipment)
        get_run_logger().info("%s", settled)
        if settled.verdicts:
            get_run_logger().info("%s", await recover(equipment))
        get_run_logger().info("Surveys: %s", dict(await tend_surveys(equipment)))
        get_run_logger().info(
            "Flows of Studio: %s",
            dict(await start_flows(equipment.engine, equipment.settings, now=equipment.clock())),
        )
        get_run_logger().info("Inbound media: %s", dict(await tend_media(equipment)))
        for last in (
            catch_up,
            archive_webhooks,
            poll_statuses,
            read_prices,
            remove_old_events,
            forget_old_answers,
        ):
            get_run_logger().info("%s", await last(equipment))
