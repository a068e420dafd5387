"""`tidings webhooks replay`: from the database, or from the archive."""

import asyncio
from collections import Counter
from collections.abc import Callable
from dataclasses import replace

import typer
from sqlalchemy.ext.asyncio import AsyncEngine

from cli.database import open_database, stack_settings
from cli.moments import read_moment
from cli.output import people, print_json, results
from messaging.errors import SettingsError
from messaging.settings import Settings
from models.archive.files import ArchiveFiles
from models.columns import utc_now
from models.organizations import Organization, find_organization
from models.webhook_replay import Fate
from models.webhook_selection import Selection
from tasks.archive_replaying import replay_archive
from tasks.webhook_replaying import replay_selection


def replay_webhooks(
    *,
    sid: str | None,
    since: str | None,
    until: str | None,
    organization: str | None,
    from_archive: bool,
    archive: str | None,
    as_json: bool,
) -> None:
    """Replays and prints how many were handled, unchanged and failed; exit status 1 when some failed.

    Raises `NoSuchOrganization`, `ArchiveUnusable`, `SettingsError`, and what `open_database` does.
    """
    selection = _selection(sid=sid, since=since, until=until)
    with people().status("Replaying …") as status:
        fates = asyncio.run(
            _replay(
                selection,
                organization,
                from_archive=from_archive,
                archive=archive,
                told=lambda count: status.update(f"Replaying … {count:,}"),
            )
        )
    if as_json:
        print_json({fate.value: fates[fate] for fate in Fate})
    else:
        results().print(", ".join(f"{fates[fate]:,} {fate.value}" for fate in Fate) + ".")
    if fates[Fate.FAILED]:
        people().print("Why: `tidings webhooks failed`.")
        raise typer.Exit(1)


def _selection(*, sid: str | None, since: str | None, until: str | None) -> Selection:
    if sid is None and since is None:
        raise typer.BadParameter("Say which: --sid SID, or --since TIME with or without --until TIME.")
    stack_settings()  # its business time
    now = utc_now()
    start = read_moment(since, now=now) if since else None
    end = read_moment(until, now=now) if until else None
    if start and end and end <= start:
        raise typer.BadParameter("--until must be later than --since.")
    return Selection(sid=sid, since=start, until=end)


async def _replay(
    selection: Selection,
    organization: str | None,
    *,
    from_archive: bool,
    archive: str | None,
    told: Callable[[int], None],
) -> Counter[Fate]:
    async with open_database(application="webhooks replay") as (settings, engine):
        only = await _find(engine, organization)
        selection = replace(selection, organization_id=only.id if only else None)
        if not from_archive and archive is None:
            return await replay_selection(engine, selection, clock=utc_now, told=told)
        files = ArchiveFiles.at(archive or _archive_of(settings))
        account_sid = only.twilio_account_sid if only else None
        return await replay_archive(engine, files, selection, account_sid=account_sid, clock=utc_now, told=told)


async def _find(engine: AsyncEngine, slug: str | None) -> Organization | None:
    if slug is None:
        return None
    async with engine.connect() as connection:
        return await find_organization(connection, slug)


def _archive_of(settings: Settings) -> str:
    if settings.tidings_webhook_archive is None:
        raise SettingsError("TIDINGS_WEBHOOK_ARCHIVE is not set; name the archive with --archive URL.")
    return settings.tidings_webhook_archive
