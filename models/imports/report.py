"""What an import did, for people and for machines."""

from collections.abc import Sequence
from pathlib import Path

from pydantic import BaseModel, Field

from models.imports.faults import Refusal, Warned

SHOWN = 1_000
"""Refusals and warnings that a report names one by one; all of the refused rows are in their file."""


class RefusedRow(BaseModel):
    """A row left out: the line it begins on, the value in question, and why."""

    line: int
    value: str
    code: str
    reason: str


class LeftOutValue(BaseModel):
    """A value left out of a row that was kept."""

    line: int
    column: str
    value: str
    reason: str


class ContactCounts(BaseModel):
    """Distinct contacts in the file."""

    new: int = 0
    updated: int = 0
    unchanged: int = 0

    def add(self, *, new: int, updated: int, unchanged: int) -> None:
        """Counts a batch."""
        self.new += new
        self.updated += updated
        self.unchanged += unchanged


class ConsentCounts(BaseModel):
    """Marketing consents written; `left_opted_out` said no before, so the file's yes was not taken."""

    opted_in: int = 0
    opted_out: int = 0
    left_opted_out: int = 0

    def add(self, *, opted_in: int, opted_out: int, left_opted_out: int) -> None:
        """Counts a batch."""
        self.opted_in += opted_in
        self.opted_out += opted_out
        self.left_opted_out += left_opted_out


class FileReport(BaseModel):
    """What became of a file's rows, whatever they are about; blank rows are not among `rows`."""

    file: str
    organization: str
    rows: int = 0
    blank_rows: int = 0
    merged: int = 0
    refused: int = 0
    refused_by_reason: dict[str, int] = Field(default_factory=dict)
    refused_rows: list[RefusedRow] = Field(default_factory=list)
    refused_file: Path | None = None
    warnings: int = 0
    warned_values: list[LeftOutValue] = Field(default_factory=list)

    def add(self, *, good: int, blank: int, refusals: Sequence[Refusal], warnings: Sequence[Warned]) -> None:
        """Counts a chunk of the file."""
        self.rows += good + len(refusals)
        self.blank_rows += blank
        self.refused += len(refusals)
        self.warnings += len(warnings)
        for refusal in refusals:
            code = str(refusal.fault.code)
            self.refused_by_reason[code] = self.refused_by_reason.get(code, 0) + 1
        self.refused_rows += map(_row, refusals[: SHOWN - len(self.refused_rows)])
        self.warned_values += map(_value, warnings[: SHOWN - len(self.warned_values)])


class ImportReport(FileReport):
    """`rows` is the sum of the contacts, `merged` and `refused`."""

    contacts: ContactCounts = Field(default_factory=ContactCounts)
    consents: ConsentCounts = Field(default_factory=ConsentCounts)


def _row(refusal: Refusal) -> RefusedRow:
    fault = refusal.fault
    return RefusedRow(line=refusal.line, value=fault.value, code=fault.code, reason=fault.reason)


def _value(warned: Warned) -> LeftOutValue:
    fault = warned.fault
    return LeftOutValue(line=warned.line, column=warned.column, value=fault.value, reason=fault.reason)
