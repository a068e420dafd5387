"""A person decides on a doubtful text: it was a refusal, or it was not. Either is an entry of the ledger."""

from dataclasses import dataclass
from datetime import datetime
from typing import Any
from uuid import UUID

from sqlalchemy import Row, text
from sqlalchemy.ext.asyncio import AsyncConnection

from messaging.errors import TidingsError
from models.consent.evidence import Evidence
from models.consent.ledger import asked, remark
from models.consent.opt_out import opt_out
from models.consent.tables import ConsentMethod
from models.reviews.closing import close_reviews
from models.reviews.tables import ReviewState

SOURCE = "a person's decision on a doubtful text"

_REVIEW = text("""
    SELECT r.id, r.organization_id, r.phone, r.state, r.why, r.decided_by, m.twilio_sid
    FROM consent_reviews r JOIN messages m ON m.id = r.message_id
    WHERE r.organization_id = :organization_id AND r.id = :id
    FOR UPDATE OF r
""")

_KEPT = remark(
    asked(
        """
        FROM (SELECT CAST(:phone AS text) AS phone) p
        LEFT JOIN consents c ON c.organization_id = :organization_id AND c.phone = p.phone
            AND c.message_type = 'marketing' AND c.topic = '' AND c.channel = 'sms'
        """,
        phone="p.phone",
        message_type="'marketing'",
        says="COALESCE(c.state, 'unknown')",
        action="'kept'",
        message_sid="CAST(:message_sid AS text)",
        actor="CAST(:actor AS text)",
        evidence="CAST(:evidence AS jsonb)",
    )
)


class NoSuchReview(TidingsError):
    """There is no such review in the organization."""


class AlreadyDecided(TidingsError):
    """Somebody, or the person, was faster."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Decision:
    """`state` is `OPTED_OUT` or `KEPT`; `actor` the user or API key that decides."""

    review_id: int
    state: ReviewState
    actor: str


async def decide(connection: AsyncConnection, decision: Decision, *, organization_id: UUID, now: datetime) -> None:
    """Opts the number out of everything, or lets its marketing go on; the ledger says who decided.

    Raises `NoSuchReview`, and `AlreadyDecided` when it is no longer open.
    """
    asked_for = {"organization_id": organization_id, "id": decision.review_id}
    review = (await connection.execute(_REVIEW, asked_for)).one_or_none()
    if review is None:
        raise NoSuchReview(f"There is no review {decision.review_id}; `tidings consent review list` shows them.")
    if review.state != ReviewState.OPEN:
        raise AlreadyDecided(f"Review {review.id} was decided by {review.decided_by}: {_IN_WORDS[review.state]}.")
    evidence = Evidence(more={"review_id": review.id, "recognised": review.why})
    if decision.state is ReviewState.OPTED_OUT:
        await opt_out(  # which closes the review
            connection,
            organization_id=organization_id,
            phones=[review.phone],
            message_sids=[review.twilio_sid],
            method=ConsentMethod.PLAIN_LANGUAGE,
            source=SOURCE,
            actor=decision.actor,
            evidence=evidence,
            now=now,
        )
        return
    await _keep(connection, review, evidence, actor=decision.actor, now=now)


async def _keep(
    connection: AsyncConnection, review: Row[Any], evidence: Evidence, *, actor: str, now: datetime
) -> None:
    values = {
        "organization_id": review.organization_id,
        "phone": review.phone,
        "message_sid": review.twilio_sid,
        "method": ConsentMethod.PLAIN_LANGUAGE.value,
        "source": SOURCE,
        "actor": actor,
        "evidence": evidence.values()["evidence"],
        "now": now,
    }
    await connection.execute(_KEPT, values)
    await close_reviews(
        connection,
        organization_id=review.organization_id,
        phones=[review.phone],
        state=ReviewState.KEPT,
        decided_by=actor,
        now=now,
    )


_IN_WORDS = {ReviewState.OPTED_OUT.value: "opted out", ReviewState.KEPT.value: "kept"}
