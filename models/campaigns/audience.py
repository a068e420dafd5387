"""Who a campaign is for, as SQL: the one place where an audience is read, for the preview and for the plan."""

from datetime import datetime
from typing import Any
from uuid import UUID

from models.campaigns.tables import Campaign
from models.consent.refusal import CONSENT, rule_values
from models.consent.refusal import REFUSAL as CONSENT_REFUSAL
from models.messages.undeliverable import undeliverable
from models.policy.definition import Policy

__all__ = ["AUDIENCE", "JOINED", "LASTING_REFUSAL", "MEMBERS", "REFUSAL", "WANTED", "audience_values"]

_CONTACTS = """
    FROM contacts ct
    CROSS JOIN LATERAL (
        SELECT ct.organization_id, ct.phone, ct.country, CAST(:message_type AS text) AS message_type,
            CAST(:topic AS text) AS topic, 'sms' AS channel) m
"""

WANTED = """
    WHERE ct.organization_id = :organization_id
        AND (CAST(:tags AS text[]) IS NULL OR ct.tags && CAST(:tags AS text[]))
        AND (CAST(:countries AS text[]) IS NULL OR ct.country = ANY(CAST(:countries AS text[])))
"""
"""Which contacts `ct` the campaign is for."""

MEMBERS = f"{_CONTACTS} {WANTED}"
"""The audience without its consents, for what does not depend on them."""

JOINED = f"{_CONTACTS} {CONSENT}"
"""What `AUDIENCE` reads from, before `WANTED`, so that more may be joined."""

AUDIENCE = f"{JOINED} {WANTED}"
"""Contacts `ct` that have any of the tags and are in any of the countries, each with what a message `m` of the
campaign to them would be, and its consent `cs`, if any: for `REFUSAL`."""

REFUSAL = f"COALESCE({CONSENT_REFUSAL}, {undeliverable()})"
"""Why nothing is sent to a member of the audience, or NULL; it needs `sender_id` too."""

LASTING_REFUSAL = f"COALESCE(NULLIF({CONSENT_REFUSAL}, 'in_review'), {undeliverable()})"
"""The same, but for a review that waits for its decision: whatever that will be, these reasons stay."""


def audience_values(campaign: Campaign, policy: Policy, *, now: datetime) -> dict[str, Any]:
    """The parameters that `AUDIENCE` and `REFUSAL` take for this campaign; an absent list asks for nothing."""
    values = _values(campaign.organization_id, campaign.kind, campaign.audience)
    return {**values, "topic": campaign.topic, **rule_values(policy.consent, now=now)}


def _values(organization_id: UUID, kind: str, audience: dict[str, Any]) -> dict[str, Any]:
    return {
        "organization_id": organization_id,
        "message_type": kind,
        "tags": audience.get("tags") or None,
        "countries": audience.get("countries") or None,
    }
