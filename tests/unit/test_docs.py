"""What people read agrees with what is there: settings, links, commands."""

import re
from pathlib import Path

import pytest
from typer.main import get_command

from cli.main import app
from messaging.settings import Settings

HOUSE = Path(__file__).parents[2]
PAGES = [HOUSE / "README.md", *sorted((HOUSE / "docs").glob("*.md"))]
LINK = re.compile(r"\]\((?!https?://|#)([^)#]+)")
COMMAND = re.compile(r"^(?:\$ )?tidings ((?:[a-z-]+ ?)+)", re.MULTILINE)


def test_every_setting_is_explained() -> None:
    page = (HOUSE / "docs" / "settings.md").read_text()
    explained = set(re.findall(r"^\| `([A-Z_]+)`", page, re.MULTILINE))
    assert {name.upper() for name in Settings.model_fields} <= explained


@pytest.mark.parametrize("page", PAGES, ids=lambda page: page.name)
def test_links_lead_somewhere(page: Path) -> None:
    missing = [target for target in LINK.findall(page.read_text()) if not (page.parent / target).exists()]
    assert missing == []


@pytest.mark.parametrize("page", PAGES, ids=lambda page: page.name)
def test_commands_exist(page: Path) -> None:
    for words in COMMAND.findall(page.read_text()):
        known: object = get_command(app)
        for word in words.split():
            children = getattr(known, "commands", None)
            if children is None:
                break
            assert word in children, f"{page.name}: there is no `tidings {words}`"
            known = children[word]
