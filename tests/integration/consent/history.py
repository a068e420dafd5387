"""Lives of people as they are in the real functions and, beside them, in the oracle."""

from contextlib import suppress
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from pathlib import Path
from uuid import UUID

from hypothesis import strategies as st
from sqlalchemy import text
from sqlalchemy.ext.asyncio import AsyncConnection

from models.consent.double_opt_in import OptInRequest, expire_pending, join, take_confirmation
from models.consent.keywords import start, stop
from models.consent.opt_out import opt_out
from models.consent.recording import Declaration, OptedOut, record
from models.consent.scope import EVERYTHING, Scope
from models.consent.tables import ConsentMethod, ConsentState
from models.senders import MessageType
from tests.integration.consent.oracle import Key, Person
from tests.integration.importing import import_text

BEGIN = datetime(2026, 1, 1, tzinfo=UTC)
JOINED = OptInRequest(ask="Reply YES.", thanks="Thanks.")

_STATES = text("SELECT message_type, topic, channel, state FROM consents WHERE phone = :phone")

topics = st.sampled_from(["", "shoes"])
channels = st.sampled_from(["sms", "whatsapp"])
steps = st.one_of(
    st.tuples(st.just("stop"), st.sampled_from([None, "", "shoes", "hats"])),
    st.tuples(st.sampled_from(["start", "plain", "carrier", "listed", "unlisted"])),
    st.tuples(st.sampled_from(["join", "confirm"]), channels),
    st.tuples(st.sampled_from(["yes", "no"]), st.sampled_from(["marketing", "transactional"]), topics, channels),
    st.tuples(st.just("wait"), st.sampled_from([1, 30, 24 * 8])),
)
histories = st.lists(steps, max_size=10)


@dataclass
class Life:
    """One number's; every step is a minute after the one before it."""

    organization_id: UUID
    phone: str
    folder: Path
    now: datetime = BEGIN
    steps: int = 0
    oracle: Person = field(default_factory=Person)

    async def live(self, connection: AsyncConnection, step: tuple[object, ...]) -> None:
        self.now += timedelta(minutes=1)
        self.steps += 1
        await getattr(self, f"_{step[0]}")(connection, *step[1:])

    async def states(self, connection: AsyncConnection) -> dict[Key, str]:
        rows = await connection.execute(_STATES, {"phone": self.phone})
        return {(row.message_type, row.topic, row.channel): row.state for row in rows}

    @property
    def _sid(self) -> str:
        return f"SM{self.phone}{self.steps}"

    async def _stop(self, connection: AsyncConnection, topic: str | None) -> None:
        scope = EVERYTHING if topic is None else Scope((MessageType.MARKETING,), topic)
        whose = {"organization_id": self.organization_id, "phone": self.phone, "message_sid": self._sid}
        await stop(connection, **whose, now=self.now, scope=scope)  # type: ignore[arg-type]  # of three kinds
        self.oracle.stop(topic, "keyword", self.now)

    async def _start(self, connection: AsyncConnection) -> None:
        await start(
            connection,
            organization_id=self.organization_id,
            phone=self.phone,
            message_sid=self._sid,
            now=self.now,
        )
        self.oracle.start()

    async def _plain(self, connection: AsyncConnection) -> None:
        await self._opt_out(connection, ConsentMethod.PLAIN_LANGUAGE)

    async def _carrier(self, connection: AsyncConnection) -> None:
        await self._opt_out(connection, ConsentMethod.CARRIER)

    async def _opt_out(self, connection: AsyncConnection, method: ConsentMethod) -> None:
        await opt_out(
            connection,
            organization_id=self.organization_id,
            phones=[self.phone],
            method=method,
            source="a test",
            message_sids=[self._sid],
            now=self.now,
        )
        self.oracle.stop(None, method.value, self.now)

    async def _listed(self, connection: AsyncConnection) -> None:
        await self._import(connection, "yes")
        self.oracle.listed(agreed=True, now=self.now)

    async def _unlisted(self, connection: AsyncConnection) -> None:
        await self._import(connection, "no")
        self.oracle.listed(agreed=False, now=self.now)

    async def _import(self, connection: AsyncConnection, answer: str) -> None:
        content = f"phone,consent_marketing,consent_at\n{self.phone},{answer},{self.now.isoformat()}\n"
        await import_text(connection, self.folder, content)

    async def _join(self, connection: AsyncConnection, channel: str) -> None:
        await join(
            connection,
            organization_id=self.organization_id,
            phone=self.phone,
            request=JOINED,
            message_sid=self._sid,
            channel=channel,
            now=self.now,
        )
        self.oracle.join(channel, self.now)

    async def _confirm(self, connection: AsyncConnection, channel: str) -> None:
        await take_confirmation(
            connection,
            organization_id=self.organization_id,
            phone=self.phone,
            channel=channel,
            message_sid=self._sid,
            body="YES",
            now=self.now,
        )
        self.oracle.confirm(channel, self.now)

    async def _yes(self, connection: AsyncConnection, kind: str, topic: str, channel: str) -> None:
        with suppress(OptedOut):
            await record(connection, self._declared(kind, topic, channel, ConsentState.OPTED_IN), now=self.now)
        self.oracle.say_yes((kind, topic, channel))

    async def _no(self, connection: AsyncConnection, kind: str, topic: str, channel: str) -> None:
        await record(connection, self._declared(kind, topic, channel, ConsentState.OPTED_OUT), now=self.now)
        self.oracle.say_no([(kind, topic, channel)], "verbal", self.now)

    def _declared(self, kind: str, topic: str, channel: str, state: ConsentState) -> Declaration:
        return Declaration(
            organization_id=self.organization_id,
            phone=self.phone,
            message_type=MessageType(kind),
            topic=topic,
            channel=channel,
            state=state,
            method=ConsentMethod.VERBAL,
            source="a call",
            given_at=self.now,
            actor="a test",
        )

    async def _wait(self, connection: AsyncConnection, hours: int) -> None:
        self.now += timedelta(hours=hours)
        await expire_pending(connection, now=self.now)
        self.oracle.wait(self.now)
