"""The Media resource below a message: listed, fetched by a redirect to a short-lived address, deleted."""

from aiohttp import web

from simulator.answers import json_answer
from simulator.errors import TwilioError
from simulator.exchange import Exchange
from simulator.media import Medium
from simulator.messages import API_VERSION

SHORT_LIVED = "/simulator/media"


class MediaApi:
    """Handlers of the Media resource over one exchange."""

    def __init__(self, exchange: Exchange) -> None:
        self._exchange = exchange

    def routes(self) -> list[web.RouteDef]:
        """Where the handlers belong."""
        base = f"/{API_VERSION}/Accounts/{{account}}/Messages/{{message}}/Media"
        return [
            web.get(f"{base}.json", self.list),
            web.get(f"{base}/{{sid}}.json", self.fetch),
            web.delete(f"{base}/{{sid}}.json", self.delete),
            web.get(f"{base}/{{sid}}", self.content),
            web.get(f"{SHORT_LIVED}/{{token}}", self.bytes),
        ]

    async def list(self, request: web.Request) -> web.Response:
        """Every medium of a message, as one page."""
        self._authorize(request)
        media = self._exchange.media.of(request.match_info["message"])
        return json_answer(
            {
                "media_list": [medium.resource() for medium in media],
                "page": 0,
                "page_size": 50,
                "start": 0,
                "end": max(len(media) - 1, 0),
                "uri": request.path,
                "first_page_uri": request.path,
                "next_page_uri": None,
                "previous_page_uri": None,
            }
        )

    async def fetch(self, request: web.Request) -> web.Response:
        """What is known of one medium."""
        return json_answer(self._medium(request).resource())

    async def delete(self, request: web.Request) -> web.Response:
        """Forgets one medium."""
        self._exchange.media.delete(self._medium(request))
        self._exchange.counts["media_deleted"] += 1
        return web.Response(status=204)

    async def content(self, request: web.Request) -> web.Response:
        """Leads to the bytes, as Twilio does to its store."""
        medium = self._medium(request)
        return web.Response(status=307, headers={"Location": f"{SHORT_LIVED}/{medium.token}"})

    async def bytes(self, request: web.Request) -> web.Response:
        """The bytes; whoever knows the address needs no credentials, and sends none."""
        if "Authorization" in request.headers:
            self._exchange.counts["media_with_credentials"] += 1
        medium = self._exchange.media.by_token(request.match_info["token"])
        self._exchange.counts["media_fetched"] += 1
        return web.Response(body=medium.data, headers={"Content-Type": medium.content_type})

    def _medium(self, request: web.Request) -> Medium:
        self._authorize(request)
        return self._exchange.media.get(request.match_info["message"], request.match_info["sid"])

    def _authorize(self, request: web.Request) -> None:
        authorization, account = request.headers.get("Authorization"), request.match_info["account"]
        if self._exchange.credentials.authenticate(authorization, account=account) is None:
            raise TwilioError(20003)
