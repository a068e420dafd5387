"""A delivery error can say that the person opted out with the carrier or the channel: it counts as their no."""

from collections.abc import Iterable
from datetime import datetime
from itertools import groupby

from sqlalchemy import text
from sqlalchemy.ext.asyncio import AsyncConnection

from messaging.outcomes import OutcomeClass, classify_delivery
from models.consent.opt_out import opt_out
from models.consent.scope import EVERYTHING, Scope
from models.consent.tables import ConsentMethod
from models.messages.status_reports import MessageStatus

CHANNELS_OWN = range(63_000, 64_000)
"""Twilio's codes of a channel such as WhatsApp; who blocks us there (63014) has said nothing of other channels."""

_PEOPLE = text("""
    SELECT m.organization_id, m.phone, m.channel, o.twilio_sid, o.error_code
    FROM unnest(CAST(:ids AS bigint[]), CAST(:sids AS text[]), CAST(:error_codes AS int[]))
        AS o(id, twilio_sid, error_code)
    JOIN messages m ON m.id = o.id AND m.phone <> ''
    ORDER BY m.organization_id, o.error_code, m.channel, m.phone
""")
"""A message without a number was erased with its person, who is written to no more anyway."""


async def record_carrier_opt_outs(
    connection: AsyncConnection, statuses: Iterable[MessageStatus], *, now: datetime
) -> int:
    """Opts out the people of failures whose code says so (21610, 63014); returns how many consents that ended."""
    refusals = [status for status in statuses if _is_opt_out(status)]
    if not refusals:
        return 0
    values = {
        "ids": [refusal.message_id for refusal in refusals],
        "sids": [refusal.twilio_sid for refusal in refusals],
        "error_codes": [refusal.error_code for refusal in refusals],
    }
    ended = 0
    for (organization_id, code, channel), rows in groupby(
        await connection.execute(_PEOPLE, values),
        key=lambda row: (row.organization_id, row.error_code, row.channel),
    ):
        people = list(rows)
        ended += await opt_out(
            connection,
            organization_id=organization_id,
            phones=[person.phone for person in people],
            method=ConsentMethod.CARRIER,
            source=f"Twilio error {code}",
            message_sids=[person.twilio_sid for person in people],
            now=now,
            scope=scope_of_refusal(code, channel=channel),
        )
    return ended


def scope_of_refusal(code: int | None, *, channel: str) -> Scope:
    """What a person ends who has said no to Twilio or the channel: everything, or the messages on that channel."""
    return Scope(channel=channel) if code in CHANNELS_OWN else EVERYTHING


def _is_opt_out(status: MessageStatus) -> bool:
    return status.kept_code is not None and classify_delivery(status.kept_code).kind is OutcomeClass.OPT_OUT
