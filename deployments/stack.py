"""How every other command finds the stack: through its home, or through explicit settings."""

from dataclasses import dataclass
from pathlib import Path

from deployments.generated_secrets import GeneratedSecrets, load_secrets
from deployments.home import Home
from deployments.resolution import complete
from deployments.stack_state import StackState, load_state
from messaging.errors import TidingsError
from messaging.settings import Settings


class StackNotRunning(TidingsError):
    """No stack runs on the home, and no setting says where the database is."""


@dataclass(frozen=True)
class Stack:
    """A running stack: its home, what it noted there, and the secrets generated for it."""

    home: Home
    state: StackState
    generated: GeneratedSecrets

    @property
    def database_url(self) -> str | None:
        """The embedded database's URL; None for an external one, whose password is not kept."""
        return self.state.addresses.database if self.state.embedded_database else None


def find_stack(home: Path) -> Stack | None:
    """The stack whose supervisor lives on this home, or None."""
    place = Home.at(home)
    state, generated = load_state(place), load_secrets(place)
    if state is None or generated is None or not state.runs:
        return None
    return Stack(home=place, state=state, generated=generated)


def resolve(settings: Settings) -> Settings:
    """Settings completed from the running stack: database, Prefect, public address, hash key, simulated account.

    So a command judges quiet hours as the stack's workers do, by the same clock. What else is set stays. Raises
    `StackNotRunning` when neither says where the database is.
    """
    stack = find_stack(settings.tidings_home)
    if stack is None:
        if settings.tidings_database_url is None:
            raise StackNotRunning(
                f"No stack runs on {Home.at(settings.tidings_home).path}; start it with `tidings up`, "
                "or set TIDINGS_HOME to the folder of one that runs."
            )
        return settings
    if settings.tidings_database_url is None and stack.database_url is None:
        raise StackNotRunning(
            f"The stack uses the database {stack.state.addresses.database}; "
            "set TIDINGS_DATABASE_URL here as it was set for `tidings up`."
        )
    settings = settings.model_copy(update={"tidings_clock": stack.state.clock})
    if "tidings_quiet_hours" not in settings.model_fields_set:
        settings = settings.model_copy(update={"tidings_quiet_hours": stack.state.quiet_hours})
    return complete(settings, stack.state.addresses, stack.generated, database_url=stack.database_url)
