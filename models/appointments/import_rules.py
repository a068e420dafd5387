"""How an import of appointments reads a file, as whoever started it chose."""

from collections.abc import Mapping
from dataclasses import dataclass, field, replace
from pathlib import Path
from typing import Literal

from models.imports.details import read_timezone
from models.imports.faults import Fault, ImportRefused
from models.imports.rules import ImportRules

Gone = Literal["report", "cancel"]


@dataclass(frozen=True, slots=True, kw_only=True)
class AppointmentRules:
    """`timezone` is for rows without a zone; none means that every row must have one.

    `gone` says what becomes of appointments that a file held before and this one does not; more than `most_gone`
    percent of them are never cancelled. The rest is as for contacts. Raises `ImportRefused`.
    """

    timezone: str | None = None
    gone: Gone = "report"
    most_gone: float = 10
    region: str | None = None
    columns: Mapping[str, str] = field(default_factory=dict)
    encoding: str | None = None
    refused: Path | None = None

    def __post_init__(self) -> None:
        if self.timezone is not None and isinstance(read_timezone(self.timezone), Fault):
            raise ImportRefused(
                f'There is no time zone "{self.timezone}"; name one of the IANA database, such as Europe/Berlin.'
            )
        ImportRules(region=self.region)

    @property
    def zone(self) -> str | None:
        """The zone by its own spelling."""
        zone = read_timezone(self.timezone) if self.timezone else None
        return zone if isinstance(zone, str) else None

    def with_refused(self, path: Path) -> "AppointmentRules":
        """The same rules, with refused rows written to this file."""
        return replace(self, refused=path)

    def refused_path(self, file: Path) -> Path:
        """Where the refused rows of a file go."""
        return self.refused or file.with_suffix(".refused.csv")
