"""Executions of flows of Twilio Studio."""

from dataclasses import dataclass, field

from simulator.messages import new_sid


@dataclass(frozen=True, slots=True)
class Execution:
    """One run of a flow with a person."""

    flow_sid: str
    to: str
    sender: str
    parameters: dict[str, object]
    sid: str = field(default_factory=lambda: new_sid("FN"))

    def document(self) -> dict[str, object]:
        """The resource, as far as it is used."""
        return {
            "sid": self.sid,
            "flow_sid": self.flow_sid,
            "contact_channel_address": self.to,
            "status": "active",
            "from": self.sender,
            "parameters": self.parameters,
        }
