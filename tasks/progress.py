"""A campaign run's progress bar in the Prefect UI."""

from uuid import UUID

from prefect.artifacts import acreate_progress_artifact, aupdate_progress_artifact

from models.messages.outlook import share_done
from tasks.equipment import Equipment


class ProgressBar:
    """An artifact that shows how much of a run's audience is done with."""

    def __init__(self, equipment: Equipment, run_id: UUID, *, artifact_id: UUID) -> None:
        self._equipment = equipment
        self._run_id = run_id
        self._artifact_id = artifact_id

    @classmethod
    async def start(cls, equipment: Equipment, run_id: UUID) -> "ProgressBar":
        """Makes the artifact, at the share that is done already."""
        artifact_id = await acreate_progress_artifact(
            progress=await _percent(equipment, run_id),
            key=f"campaign-progress-{run_id}",
            description="Share of the audience that was sent to, or was left out for a reason.",
        )
        return cls(equipment, run_id, artifact_id=UUID(str(artifact_id)))

    async def update(self) -> None:
        """Moves the bar to where the run stands now."""
        await aupdate_progress_artifact(self._artifact_id, progress=await _percent(self._equipment, self._run_id))


async def _percent(equipment: Equipment, run_id: UUID) -> float:
    async with equipment.engine.connect() as connection:
        done, audience = await share_done(connection, run_id)
    return round(100 * done / audience, 1) if audience else 100.0
