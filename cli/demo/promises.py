"""The promises, each a pure judgement of the evidence: what was promised, in figures, and where it was broken."""

from collections import Counter, defaultdict
from collections.abc import Callable, Iterable
from dataclasses import dataclass, field

from cli.demo.evidence import Evidence, Sending
from messaging.phones import mask

GRACE_SECONDS = 1.0
"""How long after the answer to a STOP a request to that number may still begin."""


@dataclass(frozen=True, slots=True)
class Promise:
    """One promise; `broken` says in sentences where it was not kept, numbers masked."""

    words: str
    figures: str
    broken: list[str] = field(default_factory=list)

    @property
    def is_kept(self) -> bool:
        """Whether nothing broke it."""
        return not self.broken


def judge(evidence: Evidence) -> list[Promise]:
    """Every promise, in the order of their weight."""
    return [promise(evidence) for promise in PROMISES]


def only_with_consent(evidence: Evidence) -> Promise:
    """Every number written to belongs to someone who agreed, by the file."""
    people, strangers = evidence.people, set()
    for sending in evidence.sendings:
        strangers |= {(to, sending.name) for to in sending.texted if to not in people.agreed}
    return Promise(
        "Nobody was texted who had not agreed to marketing",
        f"{len(people.agreed):,} of {len(people.everyone):,} people in the file agreed",
        [f'{mask(to)} was texted in "{name}" without consent.' for to, name in sorted(strangers)],
    )


def silence_after_stop(evidence: Evidence) -> Promise:
    """No request begins more than a second after a STOP was answered, in this campaign or a later one."""
    begun = defaultdict(list)
    for request in evidence.requests:
        begun[request.to].append(request.began)
    broken = [
        f"The STOP of {mask(stop.person)} was not taken." for stop in evidence.stops if stop.answered is None
    ]
    for stop in evidence.stops:
        late = [at - stop.answered for at in begun[stop.person] if stop.answered and at > stop.answered]
        if late and max(late) > GRACE_SECONDS:
            broken.append(f"{mask(stop.person)} was texted {max(late):.1f} s after the answer to STOP.")
    return Promise(
        "Nobody was texted after saying STOP",
        f"{len(evidence.stops):,} STOPs, {len(_stopped_in_time(evidence)):,} of them before their turn had come",
        broken,
    )


def never_twice(evidence: Evidence) -> Promise:
    """At most one request a person and campaign."""
    repeated = [
        f'{mask(to)} was texted {times} times in "{sending.name}".'
        for sending in evidence.sendings
        for to, times in sorted(sending.texted.items())
        if times > 1
    ]
    counts = " and ".join(f"{sending.texted.total():,}" for sending in evidence.sendings)
    return Promise("Nobody was texted twice by a campaign", f"{counts} messages", repeated)


def nobody_lost(evidence: Evidence) -> Promise:
    """Everyone who agreed was written to, but those who said STOP before the campaign was over."""
    broken = []
    for sending in evidence.sendings:
        silent = {stop.person for stop in evidence.stops if stop.sent <= sending.ended}
        lost = sorted(evidence.people.agreed - silent - sending.texted.keys())
        broken += [f'{mask(to)} agreed and was not texted in "{sending.name}".' for to in lost]
    counts = " and ".join(f"{len(sending.texted):,}" for sending in evidence.sendings)
    return Promise("Everyone else who had agreed was texted", f"{counts} people", broken)


def sums_add_up(evidence: Evidence) -> Promise:
    """The states of a report add up to the audience, which is everyone in the file."""
    broken = []
    for sending in evidence.sendings:
        report = sending.report
        sums = {
            "its states add up to": sum(report.states.values()),
            "sent and skipped are": len(sending.texted) + sum(report.skipped.values()),
            "the file holds": len(evidence.people.everyone),
        }
        broken += [
            f'"{report.name}" has an audience of {report.audience:,}, but {what} {count:,}.'
            for what, count in sums.items()
            if count != report.audience
        ]
    audiences = " and ".join(f"{sending.report.audience:,}" for sending in evidence.sendings)
    return Promise("The sums of each report are its audience", audiences, broken)


def reports_are_true(evidence: Evidence) -> Promise:
    """Our states are those that Twilio has; a request that it refused is a failure."""
    broken = []
    for sending in evidence.sendings:
        seen = Counter(request.status or "failed" for request in sending.requests)
        said = {state: count for state, count in sending.report.states.items() if state != "skipped"}
        broken += [
            f'Of "{sending.name}" Twilio has {seen[state]:,} {state}, the report {said.get(state, 0):,}.'
            for state in sorted(seen.keys() | said.keys())
            if seen[state] != said.get(state, 0)
        ]
    return Promise("The reports say what became of every message", _in_states(evidence.sendings), broken)


def only_marketing_service(evidence: Evidence) -> Promise:
    """Nothing but the two campaigns was sent, all through the marketing Messaging Service."""
    strays = [request for request in evidence.requests if request.service_sid != evidence.marketing_service]
    broken = [f"A message to {mask(request.to)} left through another sender." for request in strays]
    broken += [f"{mask(request.to)} got a text of neither campaign." for request in evidence.others]
    return Promise(
        "All of it left through the marketing Messaging Service", f"{len(evidence.requests):,} requests", broken
    )


def flow_runs_completed(evidence: Evidence) -> Promise:
    """Prefect counts both runs as completed, and both campaigns are finished."""
    broken = []
    for sending in evidence.sendings:
        if sending.flow_run != "COMPLETED":
            broken.append(f'The flow run of "{sending.name}" is {sending.flow_run or "nowhere to be found"}.')
        if sending.report.state != "finished":
            broken.append(f'The campaign "{sending.name}" is {sending.report.state}.')
    return Promise("Prefect's runs completed", f"{len(evidence.sendings)} flow runs", broken)


PROMISES: tuple[Callable[[Evidence], Promise], ...] = (
    only_with_consent,
    silence_after_stop,
    never_twice,
    nobody_lost,
    sums_add_up,
    reports_are_true,
    only_marketing_service,
    flow_runs_completed,
)


def _stopped_in_time(evidence: Evidence) -> set[str]:
    """Those who said STOP and never were written to."""
    texted = {to for sending in evidence.sendings for to in sending.texted}
    return {stop.person for stop in evidence.stops} - texted


def _in_states(sendings: Iterable[Sending]) -> str:
    seen = Counter(request.status or "refused" for sending in sendings for request in sending.requests)
    return ", ".join(f"{count:,} {state}" for state, count in seen.most_common())
