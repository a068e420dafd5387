"""How far an import is."""

from collections.abc import Callable
from enum import StrEnum


class Stage(StrEnum):
    """What an import is at."""

    READING = "Reading"
    SAVING = "Saving"


ReportProgress = Callable[[Stage, int, int], None]
"""Called with what is done and what there is in all: bytes of the file when reading, contacts when saving."""
