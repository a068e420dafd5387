"""All resources of version 1."""

from fastapi import APIRouter
from fastapi.routing import APIRoute

from api.v1 import (
    appointments,
    campaign_control,
    campaign_figures,
    campaigns,
    consent_verdicts,
    consents,
    contacts,
    conversations,
    exports,
    media,
    messages,
    reminders,
    reviews,
    stream,
    subscriptions,
    webhook_deliveries,
)
from api.v1.description import COMMON_PROBLEMS
from api.v1.paths import V1


def _operation_id(route: APIRoute) -> str:
    return route.name


_RESOURCES = (
    messages,
    contacts,
    exports,
    appointments,
    reminders,
    consents,
    consent_verdicts,
    reviews,
    campaigns,
    campaign_control,
    campaign_figures,
    conversations,
    media,
    stream,
    subscriptions,
    webhook_deliveries,
)

router = APIRouter(prefix=V1, responses=COMMON_PROBLEMS, generate_unique_id_function=_operation_id)
for resource in _RESOURCES:
    router.include_router(resource.router)
