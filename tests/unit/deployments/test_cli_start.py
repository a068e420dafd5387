"""Help is quick: no command's module loads what only its work needs."""

import subprocess
import sys

HEAVY = {"prefect", "pandas", "sqlalchemy", "fastapi", "httpx", "psycopg", "twilio", "phonenumbers"}


def test_importing_the_commands_loads_nothing_heavy() -> None:
    script = f"import sys, cli.main; print(*sorted({HEAVY!r} & set(sys.modules)))"
    done = subprocess.run([sys.executable, "-c", script], capture_output=True, text=True, check=True)
    assert done.stdout.split() == []
