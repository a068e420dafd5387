"""`tidings consent record`: what a person told outside a message, into the ledger."""

import asyncio
import getpass
from dataclasses import dataclass
from datetime import datetime

from cli.contacts_person import find_person
from cli.database import open_database, stack_settings
from cli.moments import read_moment
from cli.output import print_json, results
from messaging.consent.topics import plain_topic
from models.columns import utc_now
from models.consent.evidence import Evidence
from models.consent.recording import Declaration, record
from models.consent.tables import ConsentMethod, ConsentState
from models.senders import MessageType


@dataclass(frozen=True, slots=True, kw_only=True)
class Told:
    """What the command was given; `kind` is a type of message or "all", `given_at` as written."""

    agreed: bool
    kind: str
    topic: str
    channel: str
    method: str
    source: str
    given_at: str | None
    evidence: Evidence

    @property
    def message_types(self) -> list[MessageType]:
        return list(MessageType) if self.kind == "all" else [MessageType(self.kind)]


def record_consent(organization: str, phone: str, told: Told, *, as_json: bool) -> None:
    """Records it and prints the entries of the ledger.

    Raises `OptedOut` for a yes that a no stands against, `ConditionsMissing`, and what `find_person` does.
    """
    stack_settings()  # its business time
    now = utc_now()
    given_at = read_moment(told.given_at, now=now) if told.given_at else now
    entries = asyncio.run(_record(organization, phone, told, given_at=given_at, now=now))
    state = ConsentState.OPTED_IN if told.agreed else ConsentState.OPTED_OUT
    if as_json:
        print_json({"state": state.value, "entries": entries})
        return
    said = "The consent is" if told.agreed else "The no is"
    results().print(f"{said} entry {' and '.join(map(str, entries))} of the ledger.")


async def _record(organization: str, phone: str, told: Told, *, given_at: datetime, now: datetime) -> list[int]:
    """All of it or nothing."""
    async with open_database(application="consent record") as (_, engine):
        whose, number = await find_person(engine, organization, phone)
        async with engine.begin() as connection:
            return [
                await record(
                    connection,
                    Declaration(
                        organization_id=whose.id,
                        phone=number,
                        message_type=message_type,
                        topic=plain_topic(told.topic),
                        channel=told.channel,
                        state=ConsentState.OPTED_IN if told.agreed else ConsentState.OPTED_OUT,
                        method=ConsentMethod(told.method),
                        source=told.source,
                        given_at=given_at,
                        actor=f"person:{getpass.getuser()}",
                        evidence=told.evidence,
                    ),
                    now=now,
                )
                for message_type in told.message_types
            ]
