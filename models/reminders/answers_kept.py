"""What an organization has decided about answers, for whoever must go on whatever its rules look like."""

from uuid import UUID

import structlog
from sqlalchemy.ext.asyncio import AsyncConnection

from messaging.reminders.answer_rules import Answers
from models.reminders.store import load_rules
from models.yaml_source import DefinitionError

log = structlog.get_logger(__name__)


async def load_answers(connection: AsyncConnection, organization_id: UUID) -> Answers:
    """What the organization has decided by now; the defaults when it has said nothing.

    Rules that this version cannot read are as good as none: no message may be lost for it.
    """
    try:
        stored = await load_rules(connection, organization_id)
    except DefinitionError as error:
        log.error("reminder rules cannot be read; set them again", line=error.line, column=error.column)
        return Answers()
    return stored.answers if stored else Answers()
