"""A Redis of our own for Celery: no file, gone at the end."""

import shutil
import socket
import subprocess
from collections.abc import Iterator
from contextlib import contextmanager
from importlib.util import find_spec


def why_no_celery() -> str:
    """What is missing to measure Celery, in a sentence; empty when nothing is."""
    if find_spec("celery") is None:
        return "Celery is not installed: `make bench-install`."
    if shutil.which("redis-server") is None:
        return "redis-server is not installed: `apt-get install redis-server`."
    return ""


@contextmanager
def redis_server() -> Iterator[str]:
    """Runs Redis on a free port; gives its URL."""
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        port = probe.getsockname()[1]
    options = ["--port", str(port), "--bind", "127.0.0.1", "--save", "", "--appendonly", "no"]
    process = subprocess.Popen(["redis-server", *options], stdout=subprocess.DEVNULL)
    try:
        yield f"redis://127.0.0.1:{port}/0"
    finally:
        process.terminate()
        process.wait()
