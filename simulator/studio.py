"""Twilio Studio as far as messages reach it: an execution is started, at most one at a time with a person.

https://www.twilio.com/docs/studio/rest-api/v2/execution
"""

import json

from aiohttp import web

from simulator.answers import json_answer
from simulator.api import read_form
from simulator.creation import first
from simulator.errors import TwilioError
from simulator.exchange import Exchange
from simulator.executions import Execution


class StudioApi:
    """Handlers of the Executions resource over one exchange."""

    def __init__(self, exchange: Exchange) -> None:
        self._exchange = exchange

    def routes(self) -> list[web.RouteDef]:
        """Where the handlers belong."""
        return [
            web.post("/v2/Flows/{flow}/Executions", self.create),
            web.get("/simulator/executions", self.executions),
        ]

    async def create(self, request: web.Request) -> web.Response:
        """Starts a flow; 409 while it runs with the same person already."""
        if self._exchange.credentials.authenticate(request.headers.get("Authorization")) is None:
            raise TwilioError(20003)
        form, flow = await read_form(request), request.match_info["flow"]
        to, sender = first(form, "To"), first(form, "From")
        if not to or not sender:
            raise TwilioError(20001, "To" if not to else "From")
        if any((known.flow_sid, known.to) == (flow, to) for known in self._exchange.executions):
            return json_answer(
                {"code": 20409, "message": "Execution already active for this contact", "status": 409}, status=409
            )
        execution = Execution(flow, to, sender, json.loads(first(form, "Parameters") or "{}"))
        self._exchange.executions.append(execution)
        return json_answer(execution.document(), status=201)

    async def executions(self, _request: web.Request) -> web.Response:
        """Every flow that was started."""
        return json_answer({"executions": [execution.document() for execution in self._exchange.executions]})
