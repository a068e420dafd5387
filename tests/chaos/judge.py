"""The judgement on one campaign from what Twilio saw and what our database says; nothing is asked here."""

from collections import Counter, defaultdict
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any

from messaging.statuses import ORDER, TWILIO_STATUSES, MessageState

OBEYED_AFTER = 1.0
"""Seconds after a STOP was answered from which no request may begin: consent is at most 250 ms old then."""
SHOWN = 5
"""How many of one kind of breach are told one by one."""


@dataclass(frozen=True, slots=True)
class Evidence:
    """What was seen of one campaign.

    `accepted` are the simulator's entries of messages it took; `rows` ours, each with phone, state, twilio_sid and
    skip_reason. `eligible` may be written to; `stops` are those who said STOP and when we answered (None: we
    never did). `audience` and `report` are the numbers of our own report. So many callbacks were given up.
    """

    accepted: Sequence[Mapping[str, Any]]
    rows: Sequence[Mapping[str, Any]]
    eligible: frozenset[str]
    stops: Mapping[str, float | None]
    audience: int
    report: Mapping[str, int]
    incidents: int = 0
    stopped_because: str | None = None
    callbacks_lost: int = 0
    """How many statuses may lag behind."""


@dataclass(frozen=True, slots=True)
class Judgement:
    """Breaches by kind, each a list of masked numbers or of words; `figures` for people."""

    breaches: dict[str, list[str]] = field(default_factory=dict)
    figures: dict[str, int] = field(default_factory=dict)

    @property
    def is_kept(self) -> bool:
        """Whether every promise was kept."""
        return not self.breaches

    def __str__(self) -> str:
        told = [
            f"{kind}: {len(cases)} ({', '.join(cases[:SHOWN])}{', …' if len(cases) > SHOWN else ''})"
            for kind, cases in self.breaches.items()
        ]
        return "; ".join(told) or "kept"


def judge(evidence: Evidence) -> Judgement:
    """Who was written to twice, wrongly or not at all, and where our own books disagree with Twilio's."""
    rows = {row["phone"]: row for row in evidence.rows}
    sids = defaultdict(list)
    for entry in evidence.accepted:
        sids[entry["to"]].append(entry["sid"])
    behind = _behind(evidence.accepted, rows)
    found = {
        "doubled": [phone for phone, theirs in sids.items() if len(theirs) > 1],
        "lost": [phone for phone in evidence.eligible if phone not in sids and phone not in evidence.stops],
        "not eligible": [phone for phone in sids if phone not in evidence.eligible],
        "sent after STOP": [entry["to"] for entry in evidence.accepted if _is_late(entry, evidence.stops)],
        "left undecided": [
            phone for phone, row in rows.items() if row["state"] in ("planned", "claimed", "unknown")
        ],
        "SID not ours": [phone for phone, theirs in sids.items() if _sid(rows, phone) not in theirs],
        "SID invented": [phone for phone in rows if _sid(rows, phone) and phone not in sids],
        "wrong state": [phone for phone, row in rows.items() if not _is_plausible(row, sids.get(phone))],
        "status ahead": _ahead(evidence.accepted, rows),
        "status behind": behind if len(behind) > evidence.callbacks_lost else [],
    }
    breaches = {kind: [masked(case) for case in sorted(cases)] for kind, cases in found.items() if cases}
    if evidence.stopped_because:
        breaches["needs a person"] = [evidence.stopped_because]
    if wrong_sums := _wrong_sums(evidence):
        breaches["report"] = wrong_sums
    figures = Counter({"accepted": len(evidence.accepted), "eligible": len(evidence.eligible)})
    figures.update(stops=len(evidence.stops), behind=len(behind), **{kind: len(found[kind]) for kind in found})
    return Judgement(breaches, dict(figures))


def masked(phone: str) -> str:
    """Enough of a number to look for it, and no more."""
    return f"{phone[:4]}…{phone[-2:]}"


def _sid(rows: Mapping[str, Mapping[str, Any]], phone: str) -> str | None:
    return rows[phone]["twilio_sid"] if phone in rows else None


def _is_late(entry: Mapping[str, Any], stops: Mapping[str, float | None]) -> bool:
    answered = stops.get(entry["to"])
    return answered is not None and entry["received_monotonic"] > answered + OBEYED_AFTER


def _is_plausible(row: Mapping[str, Any], sids: Sequence[str] | None) -> bool:
    """A message that Twilio took has one of its statuses; another one says why it was not sent."""
    if sids:
        return row["state"] in TWILIO_STATUSES
    return bool(row["state"] == MessageState.SKIPPED and row["skip_reason"])


def _behind(accepted: Sequence[Mapping[str, Any]], rows: Mapping[str, Mapping[str, Any]]) -> list[str]:
    return [entry["to"] for entry in accepted if _distance(entry, rows) < 0]


def _ahead(accepted: Sequence[Mapping[str, Any]], rows: Mapping[str, Mapping[str, Any]]) -> list[str]:
    return [entry["to"] for entry in accepted if _distance(entry, rows) > 0]


def _distance(entry: Mapping[str, Any], rows: Mapping[str, Mapping[str, Any]]) -> int:
    """How far our status is ahead of Twilio's (behind: negative) in the order of statuses."""
    row = rows.get(entry["to"])
    if row is None or row["twilio_sid"] != entry["sid"]:
        return 0
    return ORDER[MessageState(row["state"])] - ORDER[MessageState(entry["message_status"])]


def _wrong_sums(evidence: Evidence) -> list[str]:
    wrong = []
    if sum(evidence.report.values()) != evidence.audience or len(evidence.rows) != evidence.audience:
        wrong.append(f"adds up to {sum(evidence.report.values())} of {evidence.audience}")
    ours = sum(1 for row in evidence.rows if row["twilio_sid"])
    if ours != len(evidence.accepted):
        wrong.append(f"{ours} SIDs of {len(evidence.accepted)}")
    if evidence.incidents:
        wrong.append(f"{evidence.incidents} incidents")
    return wrong
