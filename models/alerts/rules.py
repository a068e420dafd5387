"""When alerts are raised in each organization: by the settings, and by what its policy says of alerts."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from uuid import UUID

from sqlalchemy.ext.asyncio import AsyncConnection

from messaging.alert_rules import AlertRule
from models.policy.store import all_policies


@dataclass(frozen=True, slots=True)
class AlertRules:
    """The usual rule, and those of organizations that have one of their own."""

    usual: AlertRule
    own: Mapping[UUID, AlertRule] = field(default_factory=dict)

    def of(self, organization_id: UUID) -> AlertRule:
        """The rule that holds for what is not a campaign with values of its own."""
        return self.own.get(organization_id, self.usual)


async def load_rules(connection: AsyncConnection, usual: AlertRule) -> AlertRules:
    """The rules as they are by now."""
    policies = await all_policies(connection)
    said = {owner: policy.alerts.said for owner, policy in policies.items()}
    return AlertRules(usual, {owner: usual.changed_by(values) for owner, values in said.items() if values})
