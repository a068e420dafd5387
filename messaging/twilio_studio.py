"""Starts a flow of Twilio Studio with a person: https://www.twilio.com/docs/studio/rest-api/v2/execution

The same start twice is harmless: a flow runs once at a time with a person, and Twilio refuses the second (409).
"""

from dataclasses import dataclass

from aiohttp import ClientError, ClientSession, ClientTimeout, encode_basic_auth

from messaging.errors import TidingsError
from messaging.settings import TWILIO_LIVE_URL
from messaging.twilio_account import TwilioAccount

LIVE_URL = "https://studio.twilio.com"
SECONDS = 15.0
ALREADY_RUNS = 409


class FlowRefused(TidingsError):
    """Twilio will never start this flow like this."""


class FlowNotStarted(TidingsError):
    """The flow may not have started; it can be tried again."""


@dataclass(frozen=True, slots=True)
class TwilioStudio:
    """Flows of one account. `base_url` is that of Twilio's API, or of what stands in for it."""

    account: TwilioAccount
    base_url: str

    async def start(self, flow_sid: str, *, to: str, sender: str) -> str:
        """The SID of the execution, empty when the flow runs with this person already.

        `to` and `sender` are addresses ("+1…", "whatsapp:+1…", a Messaging Service). Raises `FlowRefused` or
        `FlowNotStarted`.
        """
        host = LIVE_URL if self.base_url == TWILIO_LIVE_URL else self.base_url
        headers = {"Authorization": encode_basic_auth(*self.account.login)}
        try:
            async with (
                ClientSession(timeout=ClientTimeout(total=SECONDS)) as session,
                session.post(
                    f"{host}/v2/Flows/{flow_sid}/Executions",
                    data={"To": to, "From": sender},
                    headers=headers,
                    allow_redirects=False,
                ) as response,
            ):
                if response.status == ALREADY_RUNS:
                    return ""
                if response.status not in (200, 201):
                    raise _refusal(response.status)
                document = await response.json()
        except (ClientError, TimeoutError, OSError, ValueError) as error:
            raise FlowNotStarted(f"Twilio Studio did not answer: {type(error).__name__}.") from error
        return str(document.get("sid", "")) if isinstance(document, dict) else ""


def _refusal(status: int) -> TidingsError:
    if 400 <= status < 500 and status != 429:
        return FlowRefused(f"Twilio Studio refused the flow: status {status}; see that it is published.")
    return FlowNotStarted(f"Twilio Studio did not start the flow: status {status}.")
