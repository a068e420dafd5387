"""What a file can be about: the shape that an import asks of contacts, of appointments, and of what may come."""

from collections.abc import Callable, Mapping, Sequence
from contextlib import AbstractAsyncContextManager
from pathlib import Path
from typing import Protocol, TypeVar
from uuid import UUID

from sqlalchemy.ext.asyncio import AsyncConnection

from models.imports.faults import Refusal, Warned
from models.imports.header import Header, Known
from models.imports.progress import ReportProgress
from models.imports.report import FileReport
from models.imports.table import Chunk

Transaction = Callable[[], AbstractAsyncContextManager[object]]
"""Opens one short transaction: a connection's `begin`, or its `begin_nested` within a larger one."""


class FileRules(Protocol):
    """How a file is read, whatever it is about; `models.imports.rules.ImportRules` says what each means."""

    @property
    def region(self) -> str | None: ...
    @property
    def columns(self) -> Mapping[str, str]: ...
    @property
    def encoding(self) -> str | None: ...
    def refused_path(self, file: Path) -> Path: ...


class Cleaned(Protocol):
    """What a chunk comes to; both lists of faults in the order of lines."""

    @property
    def rows(self) -> Sequence[object]: ...
    @property
    def refusals(self) -> Sequence[Refusal]: ...
    @property
    def warnings(self) -> Sequence[Warned]: ...


C = TypeVar("C", bound=Cleaned)
R = TypeVar("R", bound=FileReport)


class FileKind(Protocol[C, R]):
    """How the rows of one kind of file are judged, laid ready and saved."""

    @property
    def rules(self) -> FileRules:
        """How whoever started the import wants it read."""

    @property
    def known(self) -> Known:
        """The columns that mean something."""

    def report(self, *, file: str, organization: str) -> R:
        """An empty report."""

    def cleaner(self, header: Header, *, region: str) -> Callable[[Chunk], C]:
        """What makes a chunk clean; it can be pickled. `region` is for numbers without a country."""

    async def prepare(self, connection: AsyncConnection) -> None:
        """Makes the tables into which the file is read."""

    async def stage(self, connection: AsyncConnection, chunk: Chunk, clean: C, *, organization_id: UUID) -> C:
        """Lays a chunk ready, without whom it may not bring, and returns what is left. Raises `RecordsRefused`."""

    async def save(
        self,
        connection: AsyncConnection,
        report: R,
        *,
        organization_id: UUID,
        transaction: Transaction,
        progress: ReportProgress | None,
    ) -> None:
        """Saves all that was staged and counts it in the report. Raises `ImportInterrupted`."""
