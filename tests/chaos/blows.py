"""What happens to whom and when, drawn from a seed: points of a campaign's progress, not of time."""

from collections.abc import Sequence
from dataclasses import dataclass
from enum import StrEnum
from random import Random

from tests.chaos.stage import GRACE_SECONDS, LEASE_SECONDS

EARLIEST, LATEST = 0.02, 0.92
FREEZE_SECONDS = (LEASE_SECONDS + 0.5, LEASE_SECONDS + GRACE_SECONDS / 2)
"""Past the lease, so that the worker wakes with claims it has lost."""


class Target(StrEnum):
    """Who is hit. `FROZEN` and `STORM` kill nobody: SIGSTOP past the lease, Twilio answering 429 for a second."""

    WORKER = "worker"
    ALL_WORKERS = "all workers"
    SETTLER = "settler"
    API = "api"
    DATABASE = "database"
    FROZEN = "frozen worker"
    STORM = "storm"


_WEIGHTS = {Target.WORKER: 6, Target.ALL_WORKERS: 1, Target.SETTLER: 2, Target.API: 2, Target.DATABASE: 1}
_KILLS = {Target.ALL_WORKERS: 2, Target.FROZEN: 0, Target.STORM: 0}


@dataclass(frozen=True, slots=True)
class Blow:
    """At `progress` (share of the audience that Twilio has), `after` seconds later, for `seconds` if it lasts."""

    progress: float
    target: Target
    after: float
    seconds: float = 0.0

    @property
    def kills(self) -> int:
        """How many processes it kills."""
        return _KILLS.get(self.target, 1)

    def __str__(self) -> str:
        return f"{self.progress:.0%} {self.target.value}"


def draw_blows(random: Random, *, kills: int) -> Sequence[Blow]:
    """So many kills (or one more) over one campaign, a frozen worker and a storm, in the order of their moments.

    Everyone has had a turn before anyone has a second.
    """
    targets: list[Target] = []
    first_turns = random.sample(list(_WEIGHTS), len(_WEIGHTS))
    while sum(_KILLS.get(target, 1) for target in targets) < kills:
        targets.append(first_turns.pop() if first_turns else random.choices([*_WEIGHTS], [*_WEIGHTS.values()])[0])
    targets += [Target.FROZEN, Target.STORM]
    blows = [
        Blow(
            progress=random.uniform(EARLIEST, LATEST),
            target=target,
            after=random.uniform(0.0, 0.3),
            seconds=random.uniform(*FREEZE_SECONDS) if target is Target.FROZEN else 1.0,
        )
        for target in targets
    ]
    return sorted(blows, key=lambda blow: blow.progress)
