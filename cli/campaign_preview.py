"""`tidings campaign preview`: to how many, in how many segments, how long, and how it reads."""

import asyncio
import math
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from datetime import timedelta

from rich.console import Console
from rich.progress import Progress
from rich.table import Table

from cli.campaign_run import Wanted, campaign_of
from cli.database import open_database
from cli.output import people, print_json, results
from models.campaigns.preview import Preview, audience_size, preview
from models.campaigns.starting import rate_of
from models.campaigns.tables import Campaign
from models.columns import utc_now
from models.messages.skip_reasons import in_words


def show_preview(wanted: Wanted, *, samples: int, show_numbers: bool, as_json: bool) -> None:
    """Prints the preview. Raises what `campaign_of` and `open_database` do."""
    campaign, seen, rate = asyncio.run(_read(wanted, samples=samples))
    if as_json:
        about = {"id": str(campaign.id), "name": campaign.name, "kind": campaign.kind, "topic": campaign.topic}
        print_json({"campaign": about, **seen.to_json(rate=rate, show_numbers=show_numbers)})
        return
    console = results()
    console.print(_table(campaign, seen))
    if rate is not None:
        seconds = timedelta(seconds=math.ceil(seen.segments / rate))
        console.print(f"Takes about {seconds} (h:mm:ss) at {rate:g} segments a second.")
    _show_samples(console, seen, show_numbers=show_numbers)


async def _read(wanted: Wanted, *, samples: int) -> tuple[Campaign, Preview, float | None]:
    async with open_database(application="campaign preview") as (settings, engine), engine.connect() as connection:
        campaign = await campaign_of(connection, wanted)
        rate = await rate_of(connection, campaign)
        console = people()
        size = await audience_size(connection, campaign) if console.is_terminal else 0
        with _bar(console, size) as advance:
            seen = await preview(
                connection,
                campaign,
                samples=samples,
                keeps_hours=settings.tidings_quiet_hours,
                on_progress=advance,
            )
    return campaign, seen, rate


@contextmanager
def _bar(console: Console, size: int) -> Iterator[Callable[[int], None]]:
    """A progress bar for people who wait, gone at the end."""
    with Progress(console=console, transient=True, disable=not console.is_terminal) as progress:
        task = progress.add_task("Rendering every text", total=size)
        yield lambda done: progress.update(task, completed=done)


def _table(campaign: Campaign, seen: Preview) -> Table:
    table = Table("", "People", "Segments", "Meaning", title=_title(campaign), title_justify="left")
    table.columns[1].justify = table.columns[2].justify = "right"
    table.add_row("in the audience", f"{seen.audience:,}", "")
    table.add_row("would be sent to", f"{seen.eligible:,}", f"{seen.segments:,}")
    for name, segments in (*seen.by_encoding.most_common(), *seen.by_country.most_common()):
        table.add_row(f"  {name}", "", f"{segments:,}")
    for group in seen.held:
        table.add_row(f"  waiting for {group.local.words(now=utc_now())}", f"{group.people:,}", "")
    for reason, left_out in seen.skipped.items():
        if left_out:
            table.add_row(f"left out: {reason.replace('_', ' ')}", f"{left_out:,}", "", in_words(reason))
    return table


def _title(campaign: Campaign) -> str:
    about = f", {campaign.topic}" if campaign.topic else ""
    return f"{campaign.name} ({campaign.kind}{about})"


def _show_samples(console: Console, seen: Preview, *, show_numbers: bool) -> None:
    for sample in seen.samples:
        to = sample.to_json(show_numbers=show_numbers)["to"]
        country = sample.country or "unknown"
        console.print(f"\nTo {to} ({country}), {sample.segments} segment(s) of {sample.encoding}:\n{sample.body}")
