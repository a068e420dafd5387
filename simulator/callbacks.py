"""Status callbacks: their fields, and the disorder in which they may arrive.

Fields: https://www.twilio.com/docs/messaging/guides/track-outbound-message-status
"""

from datetime import UTC, datetime

from simulator.chance import Chance
from simulator.courier import Call, Courier
from simulator.messages import API_VERSION, Message
from simulator.settings import Callbacks


def status_fields(message: Message) -> list[tuple[str, str]]:
    """The form fields that report the message's present status."""
    fields = {
        "SmsSid": message.sid,
        "SmsStatus": message.status,
        "MessageStatus": message.status,
        "To": message.to,
        "MessagingServiceSid": message.service_sid,
        "MessageSid": message.sid,
        "AccountSid": message.account_sid,
        "From": message.sender,
        "ApiVersion": API_VERSION,
    }
    if message.status in ("delivered", "undelivered") and ":" not in message.to:
        fields["RawDlrDoneDate"] = datetime.now(UTC).strftime("%y%m%d%H%M")
    if message.error_code is not None:
        fields["ErrorCode"] = str(message.error_code)
        fields["ErrorMessage"] = message.error_message
    return [(name, value) for name, value in fields.items() if value is not None]


class Reporter:
    """Reports one message's statuses to its callback URL, in the disorder that chance has for it."""

    def __init__(self, message: Message, *, chance: Chance, settings: Callbacks, statuses: list[str]) -> None:
        self._message = message
        self._chance = chance
        self._settings = settings
        self._last = statuses[-1] if statuses else None
        self._held: Call | None = None
        disordered = len(statuses) > 1 and chance.happens("out of order", settings.out_of_order)
        self._hold = chance.pick("held", statuses[:-1]) if disordered else None

    def calls(self) -> list[Call]:
        """The calls to post now that the message has reached its present status, in their order."""
        message, status = self._message, self._message.status
        if message.callback_url is None:
            return []
        calls = []
        if not self._chance.happens(f"lost {status}", self._settings.lost):
            calls.append(Call(message.callback_url, status_fields(message)))
        if calls and self._chance.happens(f"duplicated {status}", self._settings.duplicated):
            calls.append(self._copy(calls[0]))
        if status == self._hold and calls:
            self._held = calls.pop(0)
        if self._held is not None and status in (self._last, "failed"):
            calls.append(self._held)
        return calls

    def report(self, courier: Courier) -> None:
        """Posts those calls in the message's lane."""
        for call in self.calls():
            courier.post(call, lane=self._message.sid)

    def _copy(self, call: Call) -> Call:
        """A second posting of a call: half of them look like a retry, half like a call of its own."""
        if self._chance.roll("copied token") < 0.5:
            return Call(call.url, call.params, token=call.token)
        return Call(call.url, call.params)
