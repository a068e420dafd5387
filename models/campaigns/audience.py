"""Who a campaign is for, as SQL: the one place where an audience is read, for the preview and for the plan."""

from typing import Any
from uuid import UUID

from models.campaigns.tables import Campaign

AUDIENCE = """
    FROM contacts ct
    LEFT JOIN consents cs
        ON cs.organization_id = ct.organization_id AND cs.phone = ct.phone
        AND cs.message_type = :message_type AND cs.topic = '' AND cs.channel = 'sms'
    WHERE ct.organization_id = :organization_id
        AND (CAST(:tags AS text[]) IS NULL OR ct.tags && CAST(:tags AS text[]))
        AND (CAST(:countries AS text[]) IS NULL OR ct.country = ANY(CAST(:countries AS text[])))
"""
"""Contacts `ct` that have any of the tags and are in any of the countries, each with its consent `cs`, if any."""

REFUSAL = "consent_refusal(:message_type, cs.state)"
"""The reason not to send to a member of the audience, or NULL."""


def audience_values(campaign: Campaign) -> dict[str, Any]:
    """The parameters that `AUDIENCE` and `REFUSAL` take for this campaign; an absent list asks for nothing."""
    return _values(campaign.organization_id, campaign.kind, campaign.audience)


def _values(organization_id: UUID, kind: str, audience: dict[str, Any]) -> dict[str, Any]:
    return {
        "organization_id": organization_id,
        "message_type": kind,
        "tags": audience.get("tags") or None,
        "countries": audience.get("countries") or None,
    }
