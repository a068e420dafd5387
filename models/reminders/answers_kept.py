"""What an organization has decided about answers, read for every answer, and seldom changed."""

from functools import lru_cache
from uuid import UUID

import structlog
from sqlalchemy import text
from sqlalchemy.ext.asyncio import AsyncConnection

from messaging.reminders.answer_rules import Answers
from models.reminders.definition import parse
from models.yaml_source import DefinitionError

log = structlog.get_logger(__name__)

_WRITTEN = text("SELECT written FROM reminder_rules WHERE organization_id = :organization_id")


async def load_answers(connection: AsyncConnection, organization_id: UUID) -> Answers:
    """What the organization has decided by now; the defaults when it has said nothing."""
    written = (await connection.execute(_WRITTEN, {"organization_id": organization_id})).scalar_one_or_none()
    return _read(written) if written else Answers()


@lru_cache(maxsize=256)
def _read(written: str) -> Answers:
    """Rules that this version cannot read are as good as none: no message may be lost for it."""
    try:
        return parse(written, where="the stored reminder rules").answers
    except DefinitionError as error:
        log.error("reminder rules cannot be read; set them again", line=error.line, column=error.column)
        return Answers()
