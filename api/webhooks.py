"""Where Twilio calls: `/webhooks/twilio/status` and `/webhooks/twilio/inbound`.

The answer comes after the commit, so what it promises is seen by the send path's next look at the database.
"""

from collections.abc import Mapping
from typing import Any

import structlog
from fastapi import APIRouter, HTTPException, Request, Response, status

from api.answered import Answered
from api.database_faults import NotStoredError
from api.direct_route import Handler
from api.forms import FORM
from api.inbound_messages import receive
from api.json_bodies import JSON
from api.signature import Webhook, verified
from api.status_callbacks import read_status_callback
from messaging.callbacks import INBOUND_PATH, STATUS_PATH
from messaging.tracing.spans import current_span
from models.messages.status_reports import StatusReport
from models.replies.terms import ReplyTerms

_REFUSALS: dict[int | str, dict[str, Any]] = {
    400: {"description": "The body cannot be read or lacks a field; the sentence says which."},
    403: {"description": "Twilio did not sign this for our public address; nothing was stored."},
    503: {"description": "Nothing was stored because the database is not there; Twilio comes again."},
}
log = structlog.get_logger(__name__)
router = APIRouter(tags=["Twilio webhooks"])


def _form(**fields: str) -> dict[str, Any]:
    """OpenAPI's words for the body; every field is optional there, as Twilio adds and leaves out."""
    properties = {name: {"type": "string", "description": what} for name, what in fields.items()}
    schema = {"type": "object", "properties": properties}
    signature = {
        "name": "X-Twilio-Signature",
        "in": "header",
        "required": True,
        "schema": {"type": "string"},
        "description": "HMAC-SHA1 with the account's auth token over PUBLIC_BASE_URL, path, query and form. "
        "For JSON the query names the body by bodySHA256, and no field is signed.",
    }
    return {
        "requestBody": {
            "required": True,
            "content": {FORM: {"schema": schema}, JSON: {"schema": schema}},
        },
        "parameters": [signature],
    }


@router.post(
    STATUS_PATH,
    status_code=status.HTTP_204_NO_CONTENT,
    summary="A message's status changed",
    response_description="Stored, and applied to the message if it is known.",
    responses=_REFUSALS,
    openapi_extra=_form(
        AccountSid="The account the message belongs to.",
        MessageSid="The message: SM or MM and 32 hexadecimal digits.",
        MessageStatus="queued, sending, sent, delivered, undelivered, failed, read or canceled.",
        ErrorCode="Why it failed, as a number of Twilio's error dictionary.",
    ),
)
async def status_callback(request: Request) -> Response:
    """Keeps the callback and moves the message to the greatest status seen.

    Order and repetition do not matter. The query of our callback URL names the message, which completes one whose
    SID we do not have yet. A status of a message we do not know is kept and answered all the same.
    """
    webhook = await verified(request)
    answered: Answered = request.app.state.answered
    if answered.find(request) is None:
        callback = read_status_callback(webhook)
        _tell(callback.report)
        try:
            await request.app.state.statuses.submit(callback)
        except NotStoredError as error:
            raise _come_again(webhook, error) from error
        answered.note(request, "")
    return Response(status_code=status.HTTP_204_NO_CONTENT)


@router.post(
    INBOUND_PATH,
    summary="Someone wrote to us",
    response_description="TwiML with the automatic replies that are due, often none.",
    responses={200: {"content": {"application/xml": {"example": "<Response/>"}}}, **_REFUSALS},
    response_class=Response,
    openapi_extra=_form(
        AccountSid="The account of the number written to.",
        MessageSid="The message: SM or MM and 32 hexadecimal digits.",
        From="The person's number in E.164, with whatsapp: before it on WhatsApp.",
        To="Our number.",
        MessagingServiceSid="Our Messaging Service, when the number is in one.",
        Body="The text; STOP and START words end and restore consent before the answer.",
        NumMedia="How many MediaUrl0, MediaContentType0 … follow.",
        OptOutType="STOP, START or HELP where Advanced Opt-Out recognised one.",
    ),
)
async def inbound_message(request: Request) -> Response:
    """Keeps the message, finds or makes its contact and conversation, and obeys its keyword.

    The same message delivered again gets the same answer and changes nothing. One to a number that is nobody's
    is kept and answered all the same.
    """
    webhook = await verified(request)
    answered: Answered = request.app.state.answered
    answer = answered.find(request)
    if answer is None:
        try:
            terms = ReplyTerms.of(request.app.state.settings)
            answer = await receive(request.app.state.engine, webhook, terms=terms)
        except NotStoredError as error:
            raise _come_again(webhook, error) from error
        answered.note(request, answer)
    return Response(answer, media_type="application/xml")


def _tell(report: StatusReport | None) -> None:
    if report is not None:
        ref = report.message_ref
        current_span().note(status=report.status.value, message_id=ref.message_id if ref else None)


def _come_again(webhook: Webhook, error: NotStoredError) -> HTTPException:
    log.error("webhook not stored", twilio_sid=webhook.first("MessageSid"), reason=str(error))
    return HTTPException(status.HTTP_503_SERVICE_UNAVAILABLE, "Nothing was stored; send this again.")


HANDLERS: Mapping[str, Handler] = {STATUS_PATH: status_callback, INBOUND_PATH: inbound_message}
"""What `api.direct_route` leads to."""
