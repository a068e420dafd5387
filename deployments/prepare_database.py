"""Child of the stack: brings the database's schema forward and writes the default organization, then ends."""

import asyncio
import sys

from messaging.errors import TidingsError
from messaging.settings import load_settings
from models.bootstrap import upsert_defaults
from models.migrate import upgrade


def main() -> int:
    """0 when done; 1 after one line on stderr."""
    try:
        settings = load_settings()
        database_url = str(settings.tidings_database_url)
        upgrade(database_url, owner_url=settings.tidings_owner_database_url)
        asyncio.run(upsert_defaults(database_url, settings))
    except TidingsError as error:
        print(error, file=sys.stderr)  # noqa: T201  # the supervisor repeats the last line
        return 1
    return 0


if __name__ == "__main__":
    sys.exit(main())
