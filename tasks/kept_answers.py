"""Forgets what repeated requests were answered, once no repetition is to be expected."""

from dataclasses import dataclass

from models.kept_answers import forget_answers
from tasks.equipment import Equipment


@dataclass(frozen=True, slots=True)
class ForgottenAnswers:
    """How many answers were forgotten."""

    forgotten: int


async def forget_old_answers(tools: Equipment) -> ForgottenAnswers:
    """Removes the answers that are older than `models.kept_answers.KEPT`."""
    async with tools.engine.begin() as connection:
        return ForgottenAnswers(await forget_answers(connection, now=tools.clock()))
