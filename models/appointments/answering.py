"""What someone writes who was reminded of an appointment: confirmed, another time asked for, or cancelled."""

from collections.abc import Mapping

from sqlalchemy.ext.asyncio import AsyncConnection

from models.replies.heard import Heard


async def take_answer(connection: AsyncConnection, heard: Heard, values: Mapping[str, object]) -> list[str] | None:
    """The texts to reply with when this message answers about an appointment; None when it does not.

    `values` are the contact's for texts. The appointment, its story and the event follow in this transaction.
    """
    raise NotImplementedError
