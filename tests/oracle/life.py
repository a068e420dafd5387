"""One person's life as the oracle lives it: which messages reach them, and what becomes of the others."""

from collections.abc import Iterable
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from functools import singledispatchmethod

from tests.oracle.caps import Caps
from tests.oracle.clock import Clock, Spots
from tests.oracle.expectations import DOUBLE_OPT_IN, SOFT_OPT_IN, WITH_RULES
from tests.oracle.letters import Letter, Wrong, turn
from tests.oracle.people import Person, Whereabouts, spots
from tests.oracle.rules import Rules
from tests.oracle.standing import LIST, Standing, Word
from tests.oracle.steps import (
    Decided,
    Erased,
    Imported,
    Planned,
    Posted,
    Reached,
    Recorded,
    Ruled,
    Sent,
    Step,
    Wrote,
)

DIRECT_FOR = timedelta(hours=24)
REVIEW = "in_review"


@dataclass
class Life:
    """What happens to one person; `reached` are the labels of messages by the number of the sending."""

    person: Person
    wrong: Wrong = field(default_factory=Wrong)
    rules: Rules = field(default_factory=Rules)
    clock: Clock = field(default_factory=lambda: Clock(Rules()))
    where: Whereabouts = field(default_factory=Whereabouts)
    standing: Standing = field(default_factory=Standing)
    letters: list[Letter] = field(default_factory=list)
    had: list[tuple[datetime, str, str]] = field(default_factory=list)
    reached: list[tuple[int, str]] = field(default_factory=list)
    states: list[tuple[int, Letter]] = field(default_factory=list)
    unreachable: bool = False
    is_suppressed: bool = False
    was_erased: bool = False

    def live(self, steps: Iterable[Step], clocks: dict[int, Clock]) -> "Life":
        """All of it; `clocks` are those of the policies, shared by everybody."""
        self.standing.restores_all = self.wrong.restores_all
        for step in steps:
            if isinstance(step, Ruled):
                self.clock = clocks[id(step)]
            self.meet(step)
        return self

    @singledispatchmethod
    def meet(self, step: Step) -> None:
        """What one step does to the person."""
        raise NotImplementedError(step)

    @meet.register
    def _(self, step: Ruled) -> None:
        self.rules = step.rules

    @meet.register
    def _(self, step: Imported) -> None:
        row = step.rows.get(self.person.phone)
        if row is None or self.is_suppressed:
            return
        self.where.learn(row.place, self.person.country)
        if row.says:
            self.standing.listed(row.says, step.method, row.said_at or step.at)

    @meet.register
    def _(self, step: Recorded) -> None:
        if step.phone == self.person.phone and not (self.is_suppressed and step.says == "yes"):
            key = (step.kind, step.topic, step.channel)
            self.standing.record(key, step.says, step.method, step.given_at)

    @meet.register
    def _(self, step: Wrote) -> None:
        if step.phone != self.person.phone:
            return
        if not self.where.is_known and self.is_suppressed:
            self.standing.stop("erasure", step.at)
        self.where.learn_country(step.country or self.person.country)
        self.unreachable = False
        getattr(self, f"_{step.means}")(step)

    def _nothing(self, step: Wrote) -> None:
        pass

    def _stop(self, step: Wrote) -> None:
        last = next(((kind, topic) for _, kind, topic in reversed(self.had) if kind == step.to), None)
        somewhere_it_is = (step.at + timedelta(hours=14)).date()
        if self.rules.stop_means_topic and somewhere_it_is < self.rules.revoke_all_from and last:
            self.standing.stop("keyword", step.at, kind=last[0], topic=last[1])
        else:
            self._stop_all("keyword", step.at)

    def _plain(self, step: Wrote) -> None:
        self._stop_all("plain_language", step.at)

    def _stop_all(self, by: str, at: datetime) -> None:
        self.standing.stop(by, at)
        self._release(at)

    def _start(self, step: Wrote) -> None:  # noqa: ARG002 (each kind of text takes the step)
        self.standing.start()
        self.is_suppressed = False

    def _yes(self, step: Wrote) -> None:
        if not (self._may_be_answered() and self.standing.say_yes_to_question(step.at)):
            self._start(step)

    def _join(self, step: Wrote) -> None:
        if self._may_be_answered():
            self.standing.join(step.at, is_enough=not self._weakness(self._word(LIST), step.at) - {REVIEW})

    def _doubt(self, step: Wrote) -> None:  # noqa: ARG002 (as above)
        noes = [self._word((kind, "", "sms")).state == "opted_out" for kind in ("marketing", "transactional")]
        if not all(noes):
            self.standing.in_review = True

    @meet.register
    def _(self, step: Decided) -> None:
        if step.phone != self.person.phone or not self.standing.in_review:
            return
        if step.kept:
            self.standing.in_review = False
            self._release(step.at)
        else:
            self._stop_all("plain_language", step.at)

    @meet.register
    def _(self, step: Erased) -> None:
        if step.phone != self.person.phone:
            return
        self.standing = Standing(restores_all=self.wrong.restores_all)
        self.where, self.had = Whereabouts(), []
        self.unreachable, self.is_suppressed, self.was_erased = False, True, True
        for letter in self.letters:
            letter.state = "gone"

    @meet.register
    def _(self, step: Reached) -> None:
        if step.phone == self.person.phone:
            self.unreachable = False

    @meet.register
    def _(self, step: Planned) -> None:
        if not self.where.is_known or (step.countries and self.where.country not in step.countries):
            return
        letter = Letter(step.label, step.kind, step.topic, step.at, step.ends)
        self.letters.append(letter)
        if self._refused(letter, step.at):
            return
        if step.kind in self.rules.applies_to:
            opening = self.clock.opening(self._spots(), step.at)
            if opening is None or opening >= step.ends:
                self._skip(letter, {"quiet_hours"})
                return
            letter.due = opening
        if letter.due <= step.at and (over := self._caps.over_own(letter, self.had, step.at)):
            self._skip(letter, over)

    @meet.register
    def _(self, step: Posted) -> None:
        if step.phone != self.person.phone or not self.where.is_known:
            return
        begins = step.at
        if step.kind in self.rules.applies_to:
            begins = self.clock.opening(self._spots(), step.at) or step.at
        letter = Letter(step.label, step.kind, step.topic, step.at, begins + DIRECT_FOR, direct=True)
        self.letters.append(letter)
        self._refused(letter, step.at)

    @meet.register
    def _(self, step: Sent) -> None:
        for letter in sorted(self.letters, key=turn):
            if letter.state == "planned" and letter.due <= step.at:
                self._claim(letter, step)
        self.states += [(step.number, Letter(**vars(letter))) for letter in self.letters if letter.state != "gone"]

    def _claim(self, letter: Letter, step: Sent) -> None:
        refusals = self._refusals(letter, step.at)
        if REVIEW in refusals and step.at < letter.ends:
            letter.due = letter.ends
        elif refusals:
            self._skip(letter, refusals)
        elif step.at >= letter.ends:
            letter.state = "expired"
        elif self._waits(letter, step.at):
            pass
        elif over := self._over_caps(letter, step.at):
            self._skip(letter, over)
        else:
            self._leave(letter, step)

    def _waits(self, letter: Letter, at: datetime) -> bool:
        if letter.kind not in self.rules.applies_to:
            return False
        leaves = self.clock.leaves(self._spots(), at)
        if leaves == at:
            return False
        if leaves is None or leaves >= letter.ends:
            letter.state = "expired"
        else:
            letter.due = leaves
        return True

    def _leave(self, letter: Letter, step: Sent) -> None:
        if self.person.blocked or self.person.dead:
            letter.state = "refused"
            self.unreachable = self.person.dead
            if self.person.blocked:
                self._stop_all("carrier", step.at)
            return
        letter.state = "sent"
        self.had.append((step.at, letter.kind, letter.topic))
        self.reached.append((step.number, letter.label))

    def _refused(self, letter: Letter, at: datetime) -> bool:
        refusals = self._refusals(letter, at)
        if REVIEW in refusals:
            refusals = {"unreachable_number"} if self.unreachable else set()
        if refusals:
            self._skip(letter, refusals)
        return bool(refusals)

    def _skip(self, letter: Letter, reasons: Iterable[str]) -> None:
        letter.state, letter.reasons = "skipped", frozenset(reasons)

    def _release(self, at: datetime) -> None:
        for letter in self.letters:
            if letter.state == "planned" and letter.due == letter.ends:
                letter.due = at

    def _refusals(self, letter: Letter, at: datetime) -> set[str]:
        """Why it may not go: none when it may; several where the oracle does not say which is told."""
        topics = {"", "" if self.wrong.no_topics else letter.topic}
        words = [self._word((letter.kind, topic, "sms")) for topic in topics]
        if any(word.state == "opted_out" for word in words):
            return {"opted_out"}
        if letter.kind == "marketing":
            found = [self._weakness(word, at) for word in words]
            if any(REVIEW in each for each in found):
                return {REVIEW}
            if all(found):
                return set().union(*found)
        return {"unreachable_number"} if self.unreachable else set()

    def _weakness(self, word: Word, at: datetime) -> set[str]:
        if word.state != "opted_in":
            return {"no_consent"}
        if self.standing.in_review and not self.wrong.no_reviews:
            return {REVIEW}
        country = self.where.country
        age = self._max_age(country)
        assert word.agreed is not None
        if age is not None and word.agreed <= at - timedelta(days=age) and not self.wrong.never_stale:
            return {"stale_consent"}
        if word.strength == "soft":
            allowed = self.rules.soft.get(country or "", country in SOFT_OPT_IN)
            return set() if allowed else {"soft_opt_in_not_allowed"}
        needs_double = self._needs_double(country) and not self.wrong.single_is_enough
        return {"unconfirmed_consent"} if needs_double and word.strength != "confirmed" else set()

    def _max_age(self, country: str | None) -> int | None:
        known = [age for age in (self.rules.max_age_days, *self.rules.ages.values()) if age is not None]
        if country is None:
            return min(known, default=None)
        return self.rules.ages.get(country, self.rules.max_age_days)

    def _needs_double(self, country: str | None) -> bool:
        if country is None:
            return True
        by_law = country in DOUBLE_OPT_IN or (country not in WITH_RULES and self.rules.double_elsewhere)
        return self.rules.double.get(country, by_law)

    @property
    def _caps(self) -> Caps:
        return Caps(self.rules, spare=int(self.wrong.one_more))

    def _over_caps(self, letter: Letter, at: datetime) -> set[str]:
        regions = [region for _, region in self._spots()]
        return self._caps.over_own(letter, self.had, at) | self._caps.over_states(letter, self.had, at, regions)

    def _may_be_answered(self) -> bool:
        return self._word(("transactional", "", "sms")).state != "opted_out"

    def _word(self, key: tuple[str, str, str]) -> Word:
        return self.standing.words.get(key, Word())

    def _spots(self) -> Spots:
        return frozenset(spots(self.person, self.where))
