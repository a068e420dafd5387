"""The flow of a calendar's folder: by its form, under a Prefect server, with what it did as an artifact."""

import json
import os
from pathlib import Path

import pytest
from prefect.client.orchestration import get_client

from flows.appointments import FolderOrder, appointments
from tests.fixtures.sending import Start

pytestmark = pytest.mark.usefixtures("flow_environment")


async def test_it_reads_the_folder_and_tells_what_became_of_it(start: Start, tmp_path: Path) -> None:
    await start(0)
    file = tmp_path / "calendar.csv"
    file.write_text("external_id,phone,starts_at\nA-1,+12125550123,2030-03-11T10:00\nA-2,,2030-03-11T11:00\n")
    os.utime(file, (0, 0))
    await appointments(FolderOrder(folder=tmp_path, timezone="America/New_York"))
    async with get_client() as client:
        found = [each for each in await client.read_artifacts() if each.key == "appointments"]
    row = json.loads(str(found[0].data))[0]
    assert (row["outcome"], row["new"], row["refused"]) == ("imported", 1, 1)
    assert "+1212" not in str(found[0].data)
