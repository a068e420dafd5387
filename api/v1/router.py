"""All resources of version 1."""

from fastapi import APIRouter
from fastapi.routing import APIRoute

from api.v1 import campaign_control, campaign_figures, campaigns, consents, contacts, stream, subscriptions
from api.v1.description import COMMON_PROBLEMS
from api.v1.paths import V1


def _operation_id(route: APIRoute) -> str:
    return route.name


router = APIRouter(prefix=V1, responses=COMMON_PROBLEMS, generate_unique_id_function=_operation_id)
for resource in (contacts, consents, campaigns, campaign_control, campaign_figures, stream, subscriptions):
    router.include_router(resource.router)
