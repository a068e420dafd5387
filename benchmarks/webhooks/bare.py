"""What our receiver is compared with: a handler that checks the signature with Twilio's library, and returns.

It keeps nothing. `BENCH_PUBLIC_URL` and `BENCH_AUTH_TOKEN` are its settings.
"""

import os
from urllib.parse import parse_qsl

from fastapi import FastAPI, HTTPException, Request, Response
from twilio.request_validator import RequestValidator


def create_app() -> FastAPI:
    """The application, for uvicorn."""
    public_url, validator = os.environ["BENCH_PUBLIC_URL"], RequestValidator(os.environ["BENCH_AUTH_TOKEN"])
    app = FastAPI()

    async def validate(request: Request) -> None:
        form = dict(parse_qsl((await request.body()).decode(), keep_blank_values=True))
        query = f"?{request.url.query}" if request.url.query else ""
        signature = request.headers.get("x-twilio-signature", "")
        if not validator.validate(f"{public_url}{request.url.path}{query}", form, signature):
            raise HTTPException(403)

    @app.post("/webhooks/twilio/status", status_code=204)
    async def status(request: Request) -> Response:
        await validate(request)
        return Response(status_code=204)

    @app.post("/webhooks/twilio/inbound")
    async def inbound(request: Request) -> Response:
        await validate(request)
        return Response("<Response/>", media_type="application/xml")

    return app
