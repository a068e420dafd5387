"""(d) A Celery task a message, on Redis: the application that the worker runs."""

import os

from celery import Celery
from twilio.rest import Client

from benchmarks.send.order import BODY
from benchmarks.send.threads import Aimed

REDIS_URL = "BENCH_REDIS_URL"

app = Celery("campaign", broker=os.environ.get(REDIS_URL, "redis://127.0.0.1:6379/0"))
app.conf.update(task_ignore_result=True, broker_connection_retry_on_startup=True)


@app.task(name="send_message")  # type: ignore[untyped-decorator]  # Celery has no types
def send_message(to: str, server: str, account_sid: str, service_sid: str) -> None:
    """Sends one message."""
    client = Client(account_sid, "token", http_client=Aimed(server))
    client.messages.create(to=to, messaging_service_sid=service_sid, body=BODY)
