"""Erases a person; the same order again goes on where one was broken off.

First nothing is sent any more; then what is under way comes to its end; then the person leaves the tables, the raw
webhooks, the archive and, where that is asked, Twilio.
"""

from collections.abc import Callable, Mapping
from dataclasses import dataclass

from models.rights.beginning import Begun, ErasureOrder, begin_erasure
from tasks.equipment import Equipment
from tasks.erasing_steps import ErasingSteps


@dataclass(frozen=True, slots=True)
class Erased:
    """What went, by name, as in the audit trail. `left_at_twilio`: messages that it cannot delete yet."""

    begun: Begun
    counts: Mapping[str, int]
    left_at_twilio: int = 0

    @property
    def is_finished(self) -> bool:
        """Whether nothing is left to do."""
        return self.left_at_twilio == 0


async def erase_person(
    tools: Equipment, order: ErasureOrder, *, told: Callable[[str], None] = lambda _: None
) -> Erased:
    """Does all of it. Raises `SettingsError`, `ArchiveUnusable`, `NotErased`, `NoAccount`, `DutyTaken`."""
    async with tools.engine.begin() as connection:
        begun = await begin_erasure(connection, order, now=tools.clock())
    steps = ErasingSteps(tools, order, begun, told)
    await steps.stand_still()
    while not await steps.tables():
        await steps.stand_still()
    await steps.strays()
    await steps.webhooks()
    left = await steps.at_twilio() if begun.at_twilio else 0
    if not left:
        await steps.finish()
    return Erased(begun, {name: count for name, count in steps.counts.items() if count}, left)
