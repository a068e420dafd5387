"""Texts that may be a refusal: listed, and decided on."""

from datetime import datetime
from typing import Annotated, Literal
from uuid import UUID

from fastapi import APIRouter, Depends, Query
from pydantic import Field
from sqlalchemy.ext.asyncio import AsyncConnection

from api.v1.access import Transaction, requires
from api.v1.description import BODY_PROBLEMS, CONFLICT, NOT_FOUND
from api.v1.pages import CursorText, Page, number, page_of, place_of
from api.v1.problems import ProblemError
from api.v1.values import Given, IdInPath, Limit, Shown, example
from models.api_keys.callers import Caller
from models.api_keys.scopes import Scope
from models.columns import utc_now
from models.reviews.deciding import Decision, decide
from models.reviews.listing import find_review, list_reviews
from models.reviews.tables import ReviewState

router = APIRouter(prefix="/consents/reviews", tags=["Consents"])
Reader = Annotated[Caller, Depends(requires(Scope.CONSENTS_READ))]
Writer = Annotated[Caller, Depends(requires(Scope.CONSENTS_WRITE))]


class ReviewShown(Shown):
    """A text that may be a refusal; while it is `open` its person gets no marketing."""

    id: int
    phone: str
    contact_id: int | None
    conversation_id: UUID | None
    message_id: int
    body: str | None = Field(description="What the person wrote; null once it was redacted.")
    channel: str
    why: str = Field(description="The phrase that made it doubtful.", examples=['like "dont stop"'])
    state: str = Field(examples=["open"])
    opened_at: datetime
    decided_at: datetime | None
    decided_by: str | None = Field(description="A user or API key, or the person who said it clearly meanwhile.")
    held: int = Field(description="Messages that wait for the decision.")


class DecisionGiven(Given):
    """`opted_out`: it was a refusal, of everything. `kept`: it was not, and marketing goes on."""

    model_config = example(decision="kept")

    decision: Literal["opted_out", "kept"]


@router.get("", summary="List texts that may be a refusal")
async def get_reviews(
    caller: Reader,
    connection: Transaction,
    *,
    state: Annotated[ReviewState, Query(description="How far they are.")] = ReviewState.OPEN,
    limit: Limit = 50,
    cursor: CursorText = None,
) -> Page[ReviewShown]:
    """The oldest first."""
    after = place_of(cursor, number) or 0
    lines = await list_reviews(connection, caller.organization_id, state=state, after=after, most=limit + 1)
    return page_of(lines, limit=limit, show=ReviewShown.model_validate, place=lambda line: line.id)


@router.get("/{review_id}", summary="Get a text that may be a refusal", responses=NOT_FOUND)
async def get_review(review_id: IdInPath, caller: Reader, connection: Transaction) -> ReviewShown:
    """Also one that was decided."""
    return await _shown(connection, review_id, caller)


@router.post("/{review_id}/decision", summary="Decide on a text", responses=BODY_PROBLEMS | NOT_FOUND | CONFLICT)
async def decide_review(
    review_id: IdInPath, given: DecisionGiven, caller: Writer, connection: Transaction
) -> ReviewShown:
    """Written to the ledger under the key's name. 409 when it was decided before, also by a STOP of theirs."""
    decision = Decision(review_id=review_id, state=ReviewState(given.decision), actor=caller.name)
    await decide(connection, decision, organization_id=caller.organization_id, now=utc_now())
    return await _shown(connection, review_id, caller)


async def _shown(connection: AsyncConnection, review_id: int, caller: Caller) -> ReviewShown:
    line = await find_review(connection, caller.organization_id, review_id)
    if line is None:
        raise ProblemError.missing("review")
    return ReviewShown.model_validate(line)
