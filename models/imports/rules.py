"""How an import reads a file, as whoever started it chose."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from pathlib import Path
from typing import Literal

from phonenumbers import SUPPORTED_REGIONS

from models.consent.tables import ConsentMethod
from models.imports.faults import ImportRefused

Accept = Literal["valid", "possible"]
GivenBy = Literal["import", "web_form", "verbal", "written", "api", "double_opt_in", "soft_opt_in"]
"""The ways in which consent can have been given to whoever made the file."""


@dataclass(frozen=True, slots=True, kw_only=True)
class ImportRules:
    """`region` (ISO code) is for numbers without a country; none means the organization's default region.

    `method` and `source` are the evidence of every yes in the file, unless its row names its own source.
    `columns` maps fields to columns with other names. `refused` is where the refused rows are written; none means
    beside the file, as FILE.refused.csv. Raises `ImportRefused` for a region that does not exist.
    """

    region: str | None = None
    accept: Accept = "valid"
    method: GivenBy | None = None
    source: str | None = None
    columns: Mapping[str, str] = field(default_factory=dict)
    encoding: str | None = None
    refused: Path | None = None

    def __post_init__(self) -> None:
        if self.region is not None and self.region.upper() not in SUPPORTED_REGIONS:
            raise ImportRefused(
                f'There is no region "{self.region}"; name a country by its two letters, such as US.'
            )

    @property
    def consent_method(self) -> ConsentMethod | None:
        """The method as the ledger names it."""
        return ConsentMethod(self.method) if self.method else None

    def refused_path(self, file: Path) -> Path:
        """Where the refused rows of a file go."""
        return self.refused or file.with_suffix(".refused.csv")
