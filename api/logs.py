"""One JSON object a line on standard error; who logs takes care that no number, body or secret is in it."""

import sys

import structlog


class _StandardError:
    """Standard error as it is when a line is written, not as it was when the first one was."""

    def write(self, text: str) -> int:
        return sys.stderr.write(text)

    def flush(self) -> None:
        sys.stderr.flush()


def configure_logs() -> None:
    """Sets structlog up for this process."""
    structlog.configure(
        processors=[
            structlog.contextvars.merge_contextvars,
            structlog.processors.add_log_level,
            structlog.processors.TimeStamper(fmt="iso", utc=True),
            structlog.processors.JSONRenderer(),
        ],
        logger_factory=structlog.PrintLoggerFactory(_StandardError()),  # type: ignore[arg-type]  # it only writes
        cache_logger_on_first_use=True,
    )
