"""Reads `/metrics` as Prometheus does."""

from collections.abc import Mapping

import httpx
from prometheus_client.parser import text_string_to_metric_families

from api.metrics.database import FRESH_SECONDS

Samples = Mapping[tuple[str, frozenset[tuple[str, str]]], float]
STALE = FRESH_SECONDS + 0.2


def of(name: str, **labels: str) -> tuple[str, frozenset[tuple[str, str]]]:
    return name, frozenset(labels.items())


async def scrape(client: httpx.AsyncClient, key: str) -> Samples:
    answer = await client.get("/metrics", headers={"Authorization": f"Bearer {key}"})
    assert answer.status_code == 200, answer.text
    families = text_string_to_metric_families(answer.text)
    return {of(each.name, **each.labels): each.value for family in families for each in family.samples}
