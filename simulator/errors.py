"""The simulator's own mistakes, and Twilio's error codes as it answers them.

SimulatorError           a person started it wrongly; the text says what to do
TwilioError              a refusal in Twilio's words: HTTP status, code, message

Codes and messages: https://www.twilio.com/docs/api/errors
"""

MORE_INFO = "https://www.twilio.com/docs/errors/{code}"

# code -> (HTTP status, message); `{value}` is filled with what was refused.
REFUSALS: dict[int, tuple[int, str]] = {
    20001: (400, "{value} is not a valid parameter value"),
    20003: (401, "Authenticate"),
    20009: (409, "Message {value} cannot be changed before it has reached its final status"),
    20404: (404, "The requested resource {value} was not found"),
    20405: (405, "Method not allowed"),
    20429: (429, "Too Many Requests"),
    20500: (500, "An internal server error has occurred"),
    21211: (400, "Invalid 'To' Phone Number: {value}"),
    21212: (400, "Invalid From Number (caller ID): {value}"),
    21265: (400, "'To' number cannot be a Short Code: {value}"),
    21266: (400, "'To' and 'From' number cannot be the same: {value}"),
    21408: (
        400,
        "Permission to send an SMS has not been enabled for the region indicated by the 'To' number: {value}",
    ),
    21602: (400, "Message body is required."),
    21603: (400, "A 'From' phone number is required."),
    21604: (400, "A 'To' phone number is required."),
    21606: (400, "The 'From' phone number {value} is not a valid, SMS-capable number of this account."),
    21609: (400, "The 'StatusCallback' URL {value} is not a valid URL."),
    21610: (400, "Attempt to send to unsubscribed recipient"),
    21611: (400, "This 'From' number has exceeded the maximum number of queued messages"),
    21612: (400, "The 'To' phone number {value} is not currently reachable via SMS"),
    21614: (400, "'To' number is not a valid mobile number: {value}"),
    21617: (400, "The concatenated message body exceeds the 1600 character limit"),
    21620: (400, "Invalid media URL: {value}"),
    21623: (400, "Number of media files exceeds allowed limit"),
    21624: (400, "ValidityPeriod must be between 1 and 36000 seconds: {value}"),
    21655: (400, "The ContentSid {value} is invalid"),
    21656: (400, "The ContentVariables parameter is invalid"),
    21705: (400, "The Messaging Service Sid {value} is invalid"),
    30409: (400, "Message {value} cannot be canceled in its present status"),
    35111: (400, "SendAt timestamp is missing"),
    35115: (400, "SendAt must be more than 300 seconds and at most 35 days in the future: {value}"),
    35118: (400, "MessagingServiceSid is required to schedule a message"),
    35119: (400, "SendAt requires ScheduleType to be fixed"),
    35126: (400, "ScheduleType {value} is not supported"),
}

# Codes a message can end with after it was accepted.
DELIVERY_FAILURES: dict[int, str] = {
    21610: "Attempt to send to unsubscribed recipient",
    30001: "Queue overflow",
    30002: "Account suspended",
    30003: "Unreachable destination handset",
    30004: "Message blocked",
    30005: "Unknown destination handset",
    30006: "Landline or unreachable carrier",
    30007: "Message filtered",
    30008: "Unknown error",
    30017: "Carrier network congestion",
    30022: "10DLC message rate exceeded",
    30023: "10DLC daily message cap reached",
    30034: "Message from an unregistered number",
    30036: "Validity period expired",
    30410: "Provider timeout",
    30450: "Message delivery blocked",
    63016: "Freeform message outside the allowed window",
    63018: "Rate limit exceeded for Channel",
    63024: "Invalid message recipient",
    63049: "Meta chose not to deliver this marketing message",
}


class SimulatorError(Exception):
    """The simulator was started or set wrongly; its text is one sentence that says what to do."""


class TwilioError(Exception):
    """A request refused as Twilio refuses it; unknown codes answer HTTP 400."""

    def __init__(self, code: int, value: object = "") -> None:
        self.code = code
        self.status, text = REFUSALS.get(code, (400, f"Error {code}"))
        self.message = text.format(value=value)
        super().__init__(self.message)

    def document(self) -> dict[str, object]:
        """The JSON body Twilio answers: code, message, more_info, status."""
        return {
            "code": self.code,
            "message": self.message,
            "more_info": MORE_INFO.format(code=self.code),
            "status": self.status,
        }
