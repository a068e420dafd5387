"""Answers in Twilio's form: JSON, a request id, errors as documents."""

import json
import secrets
from collections.abc import Awaitable, Callable

from aiohttp import web

from simulator.errors import SimulatorError, TwilioError

Handler = Callable[[web.Request], Awaitable[web.StreamResponse]]


def json_answer(document: object, *, status: int = 200) -> web.Response:
    """A JSON answer with the headers Twilio sends."""
    return web.Response(
        body=json.dumps(document).encode(),
        status=status,
        content_type="application/json",
        headers={"Twilio-Request-Id": "RQ" + secrets.token_hex(16), "Twilio-Request-Duration": "0.010"},
    )


def refusal(error: TwilioError) -> web.Response:
    """An error answer; 401 asks for Basic authentication."""
    answer = json_answer(error.document(), status=error.status)
    if error.status == 401:
        answer.headers["WWW-Authenticate"] = 'Basic realm="Twilio API"'
    return answer


@web.middleware
async def errors_as_documents(request: web.Request, handler: Handler) -> web.StreamResponse:
    """Turns refusals and unknown paths into the JSON their clients expect."""
    try:
        return await handler(request)
    except TwilioError as error:
        return refusal(error)
    except SimulatorError as error:
        return json_answer({"error": str(error)}, status=400)
    except web.HTTPNotFound:
        return refusal(TwilioError(20404, request.path))
    except web.HTTPMethodNotAllowed:
        return refusal(TwilioError(20405))
