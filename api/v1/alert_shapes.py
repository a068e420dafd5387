"""Alerts as clients set them for a campaign."""

from typing import Annotated

from pydantic import Field

from api.v1.values import Given
from models.campaigns.definition_alerts import LONGEST_MINUTES, MOST_MESSAGES

Share = Annotated[float, Field(gt=0, le=1, allow_inf_nan=False)]


class AlertsGiven(Given):
    """When people are told that too much goes wrong, where it differs from the organization's policy."""

    failure_rate: Share | None = Field(default=None, description="Share of failures that raises an alert.")
    opt_out_rate: Share | None = Field(default=None, description="Share of opt-outs that raises one.")
    minimum: int | None = Field(default=None, ge=1, le=MOST_MESSAGES, description="Of fewer no rate is taken.")
    window_minutes: float | None = Field(default=None, gt=0, le=LONGEST_MINUTES, allow_inf_nan=False)
    pause: bool | None = Field(default=None, description="Whether an alert also pauses the campaign.")
