"""Subscriptions: other systems that are told what happens."""

from typing import Annotated
from uuid import UUID

from fastapi import APIRouter, Depends, Query, Request, status

from api.outgoing.addresses import BadAddress, check_address
from api.v1.access import Transaction, requires
from api.v1.description import BODY_PROBLEMS, NOT_FOUND
from api.v1.idempotency import Repeatable
from api.v1.pages import Page
from api.v1.problems import Kind, ProblemError
from api.v1.subscription_shapes import DeliveryShown, SubscriptionGiven, SubscriptionMade, SubscriptionShown
from api.v1.values import IdInPath, Limit
from messaging.settings import Settings
from models.api_keys.callers import Caller
from models.api_keys.scopes import Scope
from models.columns import utc_now
from models.events.deliveries import deliver_test, list_deliveries, redeliver
from models.events.subscription_tables import DeliveryState
from models.events.subscriptions import (
    Wanted,
    find_subscription,
    list_subscriptions,
    resume_subscription,
    subscribe,
    unsubscribe,
)

router = APIRouter(prefix="/subscriptions", tags=["Events"])
Reader = Annotated[Caller, Depends(requires(Scope.EVENTS_READ))]
Writer = Annotated[Caller, Depends(requires(Scope.EVENTS_WRITE))]


@router.post("", summary="Subscribe to events", status_code=status.HTTP_201_CREATED, responses=BODY_PROBLEMS)
async def create_subscription(
    given: SubscriptionGiven, caller: Writer, connection: Transaction, request: Request, repeatable: Repeatable
) -> SubscriptionMade:
    """What happens from now on is sent to the address, signed as https://www.standardwebhooks.com says.

    A delivery is repeated for a day until it is answered 2xx within 10 s, so the same event may come twice: its
    `id` tells. Order is not kept; `sequence` gives it. 410 ends the subscription.
    """
    settings: Settings = request.app.state.settings
    if given.include_content and not caller.may(Scope.MESSAGES_READ):
        raise ProblemError(Kind.FORBIDDEN, f"To get numbers and texts, the key also needs {Scope.MESSAGES_READ}.")
    _check_address(given, allow_private=settings.tidings_allow_private_webhooks)

    async def work() -> SubscriptionMade:
        wanted = Wanted(
            target=given.target, address=given.address, kinds=given.kinds, include_content=given.include_content
        )
        id_, secret = await subscribe(connection, caller.organization_id, wanted, now=utc_now())
        line = await find_subscription(connection, caller.organization_id, id_)
        return SubscriptionMade(**SubscriptionShown.model_validate(line).model_dump(), secret=secret)

    return await repeatable.once(connection, SubscriptionMade, work)


@router.get("", summary="List subscriptions")
async def get_subscriptions(caller: Reader, connection: Transaction) -> Page[SubscriptionShown]:
    """Oldest first, all of them."""
    lines = await list_subscriptions(connection, caller.organization_id)
    return Page(data=[SubscriptionShown.model_validate(line) for line in lines], next_cursor=None)


@router.get("/{subscription_id}", summary="Get a subscription", responses=NOT_FOUND)
async def get_subscription(subscription_id: UUID, caller: Reader, connection: Transaction) -> SubscriptionShown:
    """One subscription."""
    return SubscriptionShown.model_validate(
        await find_subscription(connection, caller.organization_id, subscription_id)
    )


@router.delete(
    "/{subscription_id}", summary="End a subscription", status_code=status.HTTP_204_NO_CONTENT, responses=NOT_FOUND
)
async def delete_subscription(subscription_id: UUID, caller: Writer, connection: Transaction) -> None:
    """What was still to be delivered is not."""
    await unsubscribe(connection, caller.organization_id, subscription_id)


@router.post("/{subscription_id}/resume", summary="Set a subscription going again", responses=NOT_FOUND)
async def set_going_again(subscription_id: UUID, caller: Writer, connection: Transaction) -> SubscriptionShown:
    """It goes on where it stopped, as far as events are kept."""
    await resume_subscription(connection, caller.organization_id, subscription_id)
    return SubscriptionShown.model_validate(
        await find_subscription(connection, caller.organization_id, subscription_id)
    )


@router.post(
    "/{subscription_id}/test",
    summary="Try a subscription",
    status_code=status.HTTP_202_ACCEPTED,
    responses=NOT_FOUND,
)
async def try_subscription(subscription_id: UUID, caller: Writer, connection: Transaction) -> DeliveryShown:
    """Sends an event of the kind `test`; the deliveries show what came of it."""
    await find_subscription(connection, caller.organization_id, subscription_id)
    id_ = await deliver_test(connection, caller.organization_id, subscription_id, now=utc_now())
    (line,) = await list_deliveries(connection, caller.organization_id, delivery_id=id_)
    return DeliveryShown.model_validate(line)


@router.get("/{subscription_id}/deliveries", summary="List deliveries", responses=NOT_FOUND)
async def get_deliveries(
    subscription_id: UUID,
    caller: Reader,
    connection: Transaction,
    *,
    state: Annotated[DeliveryState | None, Query(description="Only those in this state.")] = None,
    limit: Limit = 50,
) -> Page[DeliveryShown]:
    """The newest ones."""
    await find_subscription(connection, caller.organization_id, subscription_id)
    lines = await list_deliveries(
        connection, caller.organization_id, subscription_id=subscription_id, state=state, most=limit
    )
    return Page(data=[DeliveryShown.model_validate(line) for line in lines], next_cursor=None)


@router.post("/{subscription_id}/deliveries/{delivery_id}/redeliver", summary="Deliver again", responses=NOT_FOUND)
async def deliver_again(
    subscription_id: UUID, delivery_id: IdInPath, caller: Writer, connection: Transaction
) -> DeliveryShown:
    """The event keeps its id."""
    organization_id = caller.organization_id
    await redeliver(connection, organization_id, subscription_id=subscription_id, delivery_id=delivery_id)
    (line,) = await list_deliveries(connection, organization_id, delivery_id=delivery_id)
    return DeliveryShown.model_validate(line)


def _check_address(given: SubscriptionGiven, *, allow_private: bool) -> None:
    try:
        check_address(given.target, given.address, allow_private=allow_private)
    except BadAddress as error:
        raise ProblemError.at("/address", str(error)) from None
