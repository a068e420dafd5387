"""The HTTP server: puts the rooms together, listens, and ends at once when told to."""

import asyncio
import signal
import sys

import uvloop
from aiohttp import web

from simulator.answers import errors_as_documents
from simulator.api import MessagesApi
from simulator.control import ControlApi
from simulator.credentials import Credentials
from simulator.errors import SimulatorError
from simulator.exchange import Exchange
from simulator.media_api import MediaApi
from simulator.page import Page
from simulator.phonenumbers import PhoneNumbersApi
from simulator.settings import Settings
from simulator.studio import StudioApi

MOST_BYTES = 1_048_576


def application(exchange: Exchange) -> web.Application:
    """The web application over one exchange."""
    app = web.Application(middlewares=[errors_as_documents], client_max_size=MOST_BYTES)
    messages = (MessagesApi(exchange), MediaApi(exchange), PhoneNumbersApi(exchange), StudioApi(exchange))
    for room in (*messages, ControlApi(exchange), Page(exchange)):
        app.add_routes(room.routes())
    return app


def run(*, host: str, port: int, credentials: Credentials, settings: Settings) -> None:
    """Serves until SIGINT or SIGTERM. Port 0 takes a free one; the address is printed when it listens.

    Raises `SimulatorError` when the address is taken.
    """
    exchange = Exchange(credentials=credentials, settings=settings)
    with asyncio.Runner(loop_factory=uvloop.new_event_loop) as runner:
        runner.run(_serve(exchange, host=host, port=port))


async def _serve(exchange: Exchange, *, host: str, port: int) -> None:
    told = asyncio.Event()
    for number in (signal.SIGINT, signal.SIGTERM):
        asyncio.get_running_loop().add_signal_handler(number, told.set)
    await exchange.courier.open()
    # An answer that is held on purpose must not hold the end.
    server = web.AppRunner(application(exchange), access_log=None, shutdown_timeout=0.1)
    await server.setup()
    try:
        await _listen(server, host=host, port=port)
        await told.wait()
    finally:
        exchange.stop_tasks()
        await server.cleanup()
        await exchange.courier.close()


async def _listen(server: web.AppRunner, *, host: str, port: int) -> None:
    try:
        await web.TCPSite(server, host, port, backlog=1024).start()
    except OSError as error:
        raise SimulatorError(f"Cannot listen on {host}:{port}: {error.strerror}; choose another --port.") from None
    bound = server.addresses[0][1]
    sys.stdout.write(f"Simulated Twilio listening on http://{host}:{bound}\n")
    sys.stdout.flush()
