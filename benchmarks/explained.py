"""How PostgreSQL carries out a claim: EXPLAIN of the very statement that the claim runs."""

from typing import Any

from sqlalchemy import event
from sqlalchemy.ext.asyncio import AsyncEngine

from messaging.templates import Template
from models.campaigns.runs import Run
from models.columns import utc_now
from models.messages.claim import claim


async def explain_claim(engine: AsyncEngine, due: Run, template: Template, *, most: int) -> str:
    """The plan of the statement that locks due messages, with what it really read; nothing stays claimed."""
    async with engine.connect() as connection:
        seen: list[tuple[str, Any]] = []

        def listen(_connection: Any, _cursor: Any, statement: str, parameters: Any, *_rest: Any) -> None:
            if statement.startswith("SELECT set_config") or "SKIP LOCKED" in statement:
                seen.append((statement, parameters))

        event.listen(connection.sync_connection, "before_cursor_execute", listen)
        await claim(connection, due.id, template=template, most=most, lease=60, now=utc_now(), hours_margin=None)
        await connection.rollback()
        *settings, (statement, parameters) = seen
        for setting, _none in settings:
            await connection.exec_driver_sql(setting)
        explained = await connection.exec_driver_sql(f"EXPLAIN (ANALYZE, BUFFERS) {statement}", parameters)
        lines = [str(line) for line in explained.scalars()]
        await connection.rollback()
    return "\n".join(lines)
