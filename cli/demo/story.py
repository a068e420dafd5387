"""The story that the demo tells, from the first child process to the verdict."""

from collections.abc import Sequence
from contextlib import ExitStack
from dataclasses import dataclass
from functools import partial
from pathlib import Path
from typing import Any

from cli.demo.behaviour import BEHAVIOUR
from cli.demo.campaigns import Sent, create_and_preview, send
from cli.demo.child_stack import ChildStack
from cli.demo.clinic.chapter import Clinic
from cli.demo.clinic.promises import judge_clinic
from cli.demo.evidence import Evidence, Sending
from cli.demo.people_in_file import People, read_people
from cli.demo.promises import Promise, judge
from cli.demo.simulator import Request, Simulator
from cli.demo.telling import Teller
from cli.import_run import run_import
from cli.import_summary import show as show_import
from cli.output import results
from cli.report_table import show_report
from deployments.generated_secrets import keep_secrets
from deployments.home import Home
from deployments.stack_state import Addresses
from models.imports.contacts_file import ContactsFile
from models.imports.rules import ImportRules

EXAMPLES = Path(__file__).parents[2] / "examples"
CONTACTS = EXAMPLES / "contacts.csv"
FIRST, SECOND = EXAMPLES / "demo-first.yaml", EXAMPLES / "demo-second.yaml"
TEXT_OF_FIRST, TEXT_OF_SECOND = "our autumn sale is on", "Today is the last day"
"""Words that all texts of one campaign have and no text of the other: how the judge tells them apart."""


@dataclass(frozen=True, slots=True)
class Ending:
    """How the demo ended, for people and machines."""

    addresses: Addresses
    promises: list[Promise]
    sent: Sequence[Sent]
    seconds: dict[str, float]
    clinic: Addresses | None = None

    @property
    def broken(self) -> list[Promise]:
        """The promises that were not kept."""
        return [promise for promise in self.promises if not promise.is_kept]

    def to_json(self) -> dict[str, Any]:
        """The ending as JSON; `seconds` by chapter, with their total."""
        return {
            "kept": not self.broken,
            "promises": [
                {"promise": one.words, "kept": one.is_kept, "figures": one.figures, "broken": one.broken}
                for one in self.promises
            ],
            "reports": [{**sent.report.to_json(), "url": sent.page} for sent in self.sent],
            "addresses": self.addresses.model_dump(),
            "clinic": self.clinic.model_dump() if self.clinic else None,
            "seconds": {**self.seconds, "total": round(sum(self.seconds.values()), 1)},
        }


def tell(stack: ChildStack, until: ExitStack, teller: Teller) -> Ending:
    """Plays everything on the stack's fresh home, with a clinic beside it that stays until the end of `until`.

    Raises a `TidingsError` when it cannot go on.
    """
    with teller.chapter("start", "Starting PostgreSQL, Prefect, the API and a simulated Twilio"):
        addresses = stack.wait_until_ready(teller.line)
        teller.addresses(addresses)
    simulator, people = Simulator(addresses.simulator or ""), read_people(CONTACTS)
    service_sid = keep_secrets(stack.home).messaging_service_marketing
    with teller.chapter("import", "Importing 2,000 rows as such files are in life"):
        _import(stack.home)
        simulator.change(BEHAVIOUR)
    with teller.chapter("first", "Sending a campaign to those who agreed, at 100 segments a second"):
        first = _campaign(FIRST, simulator, teller, agreed=people.agreed, service_sid=service_sid)
    with teller.chapter("second", "Sending a second one, without those who said STOP"):
        clinic = Clinic(stack.home, until, start_seconds=teller.seconds["start"])
        second = _campaign(SECOND, simulator, teller, agreed=frozenset(), service_sid=service_sid)
    with teller.chapter("clinic", "A clinic's night in a minute: reminders while the clocks change"):
        night = clinic.tell(teller)
    with teller.chapter("check", "Asking the simulated Twilio whether the promises were kept"):
        promises = judge(_evidence(simulator, people, first, second, service_sid=service_sid))
        promises += judge_clinic(night)
        teller.verdict(promises)
    stack.require_running()
    teller.addresses(addresses)
    teller.times()
    return Ending(addresses, promises, (first, second), teller.seconds, clinic.addresses)


def _import(home: Home) -> None:
    rules = ImportRules(
        method="double_opt_in", source="examples/contacts.csv", refused=home.path / "contacts.refused.csv"
    )
    show_import(run_import(CONTACTS, partial(ContactsFile, rules), organization="default"))


def _campaign(
    file: Path, simulator: Simulator, teller: Teller, *, agreed: frozenset[str], service_sid: str
) -> Sent:
    campaign = create_and_preview(file)
    sent = send(campaign, simulator, agreed=agreed, service_sid=service_sid)
    teller.answers(sent)
    show_report(results(), sent.report)
    return sent


def _evidence(simulator: Simulator, people: People, first: Sent, second: Sent, *, service_sid: str) -> Evidence:
    """What the simulator saw, told apart by the words of the texts."""
    seen: dict[str, list[Request]] = {TEXT_OF_FIRST: [], TEXT_OF_SECOND: [], "": []}
    for request in simulator.requests():
        seen[next(words for words in seen if words in request.body)].append(request)
    return Evidence(
        people=people,
        heard=simulator.heard(),
        sendings=[
            Sending(sent.report, seen[words], sent.began, sent.ended, sent.flow_run)
            for sent, words in ((first, TEXT_OF_FIRST), (second, TEXT_OF_SECOND))
        ],
        others=seen[""],
        marketing_service=service_sid,
    )
