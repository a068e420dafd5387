"""All resources of version 1."""

from fastapi import APIRouter

from api.v1.description import COMMON_PROBLEMS
from api.v1.paths import V1

router = APIRouter(prefix=V1, responses=COMMON_PROBLEMS)
