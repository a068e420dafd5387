"""What happens when an organization's Twilio account cannot be used: its sender stops, everyone else's go on."""

from messaging.outcomes import Scope
from models.campaigns.runs import Run
from models.campaigns.timeline import Actor
from models.consequences import Alarm
from models.incidents import IncidentKind
from models.pauses import Pause, pause
from models.tenants.accounts import NoAccount
from tasks.alarms import sound
from tasks.equipment import Equipment


async def pause_without_account(tools: Equipment, run: Run, error: NoAccount) -> None:
    """Pauses the run's sender until a person has mended the account and resumes, and tells people why."""
    cause = Pause(Scope.SENDER, str(error), code=None, actor=Actor.SYSTEM)
    async with tools.engine.begin() as connection:
        paused = await pause(connection, cause, run_id=run.id, sender_id=run.sender_id, now=tools.clock())
    if paused:
        sound(tools, [Alarm(IncidentKind.SCOPE_PAUSED, cause.reason, None, cause.scope, run.sender_id, run.id)])
