"""The page at `/`: the latest messages, and a form to write one as a person."""

from html import escape
from itertools import islice
from pathlib import Path
from string import Template

from aiohttp import web

from simulator.dates import rfc2822
from simulator.exchange import Exchange
from simulator.messages import Message

LATEST = 50
_TEMPLATE = Template((Path(__file__).parent / "page.html").read_text())


class Page:
    """The handler of the page over one exchange."""

    def __init__(self, exchange: Exchange) -> None:
        self._exchange = exchange

    def routes(self) -> list[web.RouteDef]:
        """Where the handler belongs."""
        return [web.get("/", self.show)]

    async def show(self, _request: web.Request) -> web.Response:
        """The page as it is now; its script asks for it again every two seconds."""
        exchange = self._exchange
        rows = "".join(_row(message) for message in islice(exchange.store.newest_first(), LATEST))
        html = _TEMPLATE.substitute(
            rows=rows or '<tr><td colspan="5">No message yet.</td></tr>',
            count=len(exchange.store),
            accepted=exchange.counts["accepted"],
            delivered=exchange.counts["reached_delivered"],
            inbound=exchange.counts["inbound"],
            opt_outs=len(exchange.opt_outs),
            inbound_url=escape(exchange.settings.inbound_url or "not set"),
        )
        return web.Response(text=html, content_type="text/html")


def _row(message: Message) -> str:
    inward = message.direction == "inbound"
    person, ours = (message.sender, message.to) if inward else (message.to, message.sender)
    status = message.status if message.error_code is None else f"{message.status} ({message.error_code})"
    cells = [(rfc2822(message.created_at) or "")[17:25], person or "", ours or message.service_sid or ""]
    texts = "".join(f"<td>{escape(cell)}</td>" for cell in cells)
    arrow, kind = ("→ in", "in") if inward else ("← out", "out")
    return (
        f'<tr class="{kind}" data-person="{escape(person or "")}" data-ours="{escape(ours or "")}">{texts}'
        f"<td>{arrow} · {escape(status)}</td><td>{escape(message.body)}</td></tr>"
    )
