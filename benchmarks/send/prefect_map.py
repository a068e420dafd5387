"""(c) As a Prefect beginner writes it: one task run a message."""

import sys
from typing import Any

from prefect import flow, task
from prefect.futures import wait
from prefect.task_runners import ThreadPoolTaskRunner
from twilio.rest import Client

from benchmarks.send.order import Order, timed
from benchmarks.send.threads import Aimed


@task
def send_message(to: str, server: str, account_sid: str, service_sid: str, body: str) -> None:
    """Sends one message."""
    client = Client(account_sid, "token", http_client=Aimed(server))
    client.messages.create(to=to, messaging_service_sid=service_sid, body=body)


@flow
def campaign(server: str, people: int, in_flight: int) -> None:
    """Maps the task over everyone."""
    order = Order(server=server, people=people, in_flight=in_flight)
    with timed():
        wait(
            send_message.map(
                list(order.numbers()),
                server=order.server,
                account_sid=order.account_sid,
                service_sid=order.service_sid,
                body=order.body,
            )
        )


if __name__ == "__main__":
    order = Order.from_words(sys.argv[1:])
    runner: ThreadPoolTaskRunner[Any] = ThreadPoolTaskRunner(max_workers=order.in_flight)
    campaign.with_options(task_runner=runner)(  # type: ignore[arg-type]  # Prefect: runners differ in their futures
        order.server, order.people, order.in_flight
    )
