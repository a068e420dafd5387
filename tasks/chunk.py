"""One chunk of a campaign as a Prefect task run: ids go in, counts come out."""

from uuid import UUID

from prefect import task
from prefect.cache_policies import NO_CACHE
from prefect.logging import get_run_logger

from messaging.tracing.spans import current_span, span
from models.campaigns.rendering import compile_stored
from models.campaigns.runs import load_run
from models.campaigns.store import load_campaign
from models.senders import load_sender
from models.tenants.accounts import NoAccount
from tasks.alarms import raise_events
from tasks.equipment import Equipment, equipment
from tasks.no_account import pause_without_account
from tasks.send import ChunkTally, send_chunk

SMALL_CHUNK, LARGE_CHUNK = 500, 1_000
FAST = 200.0
"""Segments per second above which chunks are large, so that Prefect's cost of a task run stays below 2 %."""


def chunk_size(segments_per_second: float) -> int:
    """How many messages one task run sends at this rate."""
    return SMALL_CHUNK if segments_per_second <= FAST else LARGE_CHUNK


@task(name="send chunk", task_run_name="send chunk {number}", cache_policy=NO_CACHE)
async def send_one_chunk(run_id: UUID, *, number: int, most: int) -> ChunkTally:
    """Sends up to `most` due messages of the run. Running it again sends only what nobody has sent."""
    tally = await send_due(equipment(), run_id, most=most)
    get_run_logger().info(
        "Chunk %s: %s taken, %s set aside, recorded %s.", number, tally.taken, tally.set_aside, dict(tally.results)
    )
    return tally


async def send_due(tools: Equipment, run_id: UUID, *, most: int) -> ChunkTally:
    """The chunk itself, outside of a task run too."""
    with span("send chunk") as chunk:
        tally = await _send_due(tools, run_id, most=most)
        accepted = tally.results["accepted"]
        chunk.note(run_id=run_id, taken=tally.taken, set_aside=tally.set_aside, accepted=accepted)
    return tally


async def _send_due(tools: Equipment, run_id: UUID, *, most: int) -> ChunkTally:
    async with tools.engine.connect() as connection:
        run = await load_run(connection, run_id)
        campaign = await load_campaign(connection, run.campaign_id)
        sender = await load_sender(connection, run.sender_id)
    current_span().note(organization_id=run.organization_id)
    template = compile_stored(campaign.body)
    try:
        tally = await send_chunk(tools, run, template=template, sender=sender.address, most=most)
    except NoAccount as error:
        await pause_without_account(tools, run, error)
        tally = ChunkTally(exhausted=True)
    await raise_events(tools)
    return tally
