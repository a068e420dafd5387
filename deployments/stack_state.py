"""What the supervisor notes in the home, for its successor and for every other command."""

from enum import StrEnum

from pydantic import BaseModel, Field, ValidationError

from deployments.home import Home, HomeError, write_private
from deployments.process_id import ProcessId


class Phase(StrEnum):
    """Where a stack is in its life; a killed supervisor leaves the last one behind."""

    STARTING = "starting"
    READY = "ready"
    STOPPING = "stopping"
    STOPPED = "stopped"


class Addresses(BaseModel):
    """URLs without secrets. `prefect` is the UI, `prefect_api` what PREFECT_API_URL holds."""

    api: str
    prefect: str
    prefect_api: str
    simulator: str | None = None
    database: str


class StackState(BaseModel):
    """The contents of stack.json; `ports` are remembered for the next start."""

    phase: Phase
    supervisor: ProcessId
    addresses: Addresses
    embedded_database: bool
    quiet_hours: bool = True
    clock: str | None = None
    ports: dict[str, int]
    processes: dict[str, ProcessId] = Field(default_factory=dict)
    copied_binaries: str | None = None

    @property
    def runs(self) -> bool:
        """Whether its supervisor is alive, whatever the phase says."""
        return self.phase is not Phase.STOPPED and self.supervisor.is_alive()

    def save(self, home: Home) -> None:
        """Replaces stack.json in one step."""
        write_private(home.state, self.model_dump_json(indent=1))


def load_state(home: Home) -> StackState | None:
    """What was noted last; None for a home that never ran, or whose note is unreadable.

    Raises `HomeError` when the home belongs to someone else.
    """
    try:
        return StackState.model_validate_json(home.state.read_text(encoding="utf-8"))
    except (FileNotFoundError, NotADirectoryError, ValidationError):
        return None
    except PermissionError:
        raise HomeError(f"TIDINGS_HOME {home.path} belongs to another user; run this as that user.") from None
