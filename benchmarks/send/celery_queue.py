"""(d) A Celery task a message, on Redis: a worker as told on the command line, and what is put into its queue.

The worker takes `in_flight` threads, so that as many requests are under way as with the others.
"""

import os
import subprocess
import sys
import time

from benchmarks.send.celery_tasks import send_message
from benchmarks.send.log import read_log
from benchmarks.send.order import Order, timed

AGAIN = "CELERY_BENCH_AGAIN"
"""Set when what was queued before a crash is to be gone on with."""
STILL_SECONDS = 10.0
"""A queue that moved no message for so long is taken to be at its end."""


def send(order: Order) -> None:
    """Queues a task for each number, and waits until the server saw them all or nothing moves any more."""
    worker = start_worker(order.in_flight)
    try:
        with timed():
            if AGAIN not in os.environ:
                queue(order)
            wait_until_sent(order)
    finally:
        worker.terminate()
        worker.wait()


def start_worker(threads: int) -> "subprocess.Popen[bytes]":
    """A worker with so many threads."""
    command = (
        f"celery -A benchmarks.send.celery_tasks worker --pool threads --concurrency {threads} --loglevel ERROR"
    )
    options = ["--without-gossip", "--without-mingle"]
    return subprocess.Popen(
        [sys.executable, "-m", *command.split(), *options], stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL
    )


def queue(order: Order) -> None:
    """One task for each number."""
    for to in order.numbers():
        send_message.delay(to, order.server, order.account_sid, order.service_sid)


def wait_until_sent(order: Order) -> None:
    """Until the server saw everyone, or nothing new for some time."""
    seen, moved_at = -1, time.monotonic()
    while seen < order.people and time.monotonic() - moved_at < STILL_SECONDS:
        time.sleep(0.05)
        people = read_log(order.server)["people"]
        if people != seen:
            seen, moved_at = people, time.monotonic()


if __name__ == "__main__":
    send(Order.from_words(sys.argv[1:]))
