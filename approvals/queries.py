"""Reads of one case with everything its page shows. The lists of cases are in ``approvals.inbox``."""

import datetime as dt
from collections import defaultdict
from collections.abc import Iterable
from dataclasses import dataclass, field
from typing import Any

from django.db.models import Prefetch

from approvals.cases import may_urge
from approvals.copies import Readers, readers
from approvals.deciders import asks_of
from approvals.desks import may_take, rounds_of
from approvals.models import Case, CaseAsk, CaseCopy, CaseHandover, CaseStage, Opinion, OpinionPaper, Paper
from approvals.shown import Brief, Change, Table, changes
from approvals.subjects import Subject, subject_of
from offices.clock import day_of
from offices.models import Body, User
from offices.once import once
from policies.layers import Layers
from policies.refusal import Citation, cite

MOST_PAPERS = 60


@dataclass(frozen=True)
class AskRow:
    """A body asked in a stage. ``days``: how long it has owed (or took to give) its opinion; None while it is not its turn."""

    body: Body
    opinion: Opinion | None
    asked: bool
    days: int | None
    urged_today: bool = False
    holder: User | None = None

    @property
    def waiting(self) -> bool:
        """Still owes its opinion."""
        return self.asked and self.opinion is None


@dataclass(frozen=True)
class StageRow:
    """A stage of the present round with those asked in it."""

    stage: CaseStage
    asks: tuple[AskRow, ...]


@dataclass(frozen=True)
class CaseFile:
    """A case with all that its page shows."""

    case: Case
    stages: tuple[StageRow, ...]
    carried: tuple[CaseStage, ...]
    opinions: tuple[Opinion, ...]
    tables: tuple[Table, ...]
    changed: tuple[Change, ...]
    deciding: tuple[Body, ...]
    may_withdraw: bool = False
    brief: Brief = Brief()
    to_urge: tuple[AskRow, ...] = ()
    needs_number: bool = False
    to_mend: tuple[str, ...] = field(default=())
    to_hand: tuple[tuple[Body, tuple[User, ...]], ...] = ()
    papers: tuple[Paper, ...] = ()
    copies: tuple[CaseCopy, ...] = ()
    readers: Readers = Readers()
    opens_files: bool = False

    @property
    def open_stage(self) -> StageRow | None:
        """The stage at work now."""
        return next((row for row in self.stages if row.stage.state == CaseStage.State.OPEN), None)


def case_file(case: Case, *, user: User, at: dt.datetime) -> CaseFile:
    """Everything about a case (a bounded number of queries)."""
    papers = Prefetch("papers", queryset=OpinionPaper.objects.select_related("file"))
    related = case.opinions.select_related("body", "by", "for_user", "stage").prefetch_related(papers)
    opinions = tuple(related.order_by("at", "pk"))
    handovers = Prefetch("handovers", queryset=CaseHandover.objects.select_related("taker"))
    asks = (
        case.asks.select_related("stage", "body")
        .prefetch_related(handovers)
        .order_by("stage__round", "stage__number", "pk")
    )
    of_stage: dict[CaseStage, list[CaseAsk]] = defaultdict(list)
    for ask in asks:
        of_stage[ask.stage].append(ask)
    every = list(of_stage)
    now = [stage for stage in every if stage.round == case.round]
    first = min((stage.number for stage in now), default=1)
    stages = tuple(StageRow(stage, _asks(of_stage[stage], opinions, at)) for stage in now)
    handler = subject_of(case.subject_type)
    tables = handler.tables(case.content)
    before = next(reversed(rounds_of(case)), None)
    owed = [ask.body for row in stages if row.stage.state == CaseStage.State.OPEN for ask in row.asks if ask.waiting]
    own_asks = asks_of(user, day_of(at)).filter(case=case).values_list("body_id", flat=True)
    mine: set[int] = once(("owed", case.pk), lambda: set(own_asks))
    deciding = tuple(body for body in owed if body.pk in mine)
    own = user.has_role("clerk", "leader", body=case.submitted_body)
    answered = any(opinion.round == case.round for opinion in opinions)
    return CaseFile(
        case=case, stages=stages, carried=_carried(every, first), opinions=opinions, tables=tables, deciding=deciding,
        changed=changes(handler.tables(before.content), tables) if before else (),
        may_withdraw=own and (case.state == Case.State.RETURNED or (case.state == Case.State.OPEN and not answered)),
        brief=handler.brief(case), to_urge=_to_urge(case, user, stages, deciding), needs_number=_needs_number(case, now, owed),
        to_hand=_to_hand(case, user, stages),
        papers=_papers(case, handler), copies=tuple(case.copies.select_related("user", "body", "by")),
        readers=readers(user, case, asked={ask.body_id for ask in asks}),
        opens_files=user.scope.covers(case),
        to_mend=tuple(key for opinion in opinions if opinion.round == _mending(case) for key in opinion.fields),
    )  # fmt: skip


def _papers(case: Case, handler: Subject) -> tuple[Paper, ...]:
    """Recorded papers of the subject and of what it joins (one query)."""
    about = [case.subject_uid, *handler.joined(case.content)]
    rows = Paper.objects.filter(subject_uid__in=about, superseded_by__isnull=True)
    return tuple(rows.select_related("file", "checked_by").order_by("title", "pk")[:MOST_PAPERS])


def _to_urge(case: Case, user: User, stages: Iterable[StageRow], deciding: tuple[Body, ...]) -> tuple[AskRow, ...]:
    """Those whom the user may urge today: nobody while he owes an opinion himself."""
    if case.state != Case.State.OPEN or deciding:
        return ()
    asks = [ask for row in stages for ask in row.asks if ask.waiting and not ask.urged_today]
    return tuple(ask for ask in asks if may_urge(user, case, ask.body))


def _to_hand(case: Case, user: User, stages: Iterable[StageRow]) -> tuple[tuple[Body, tuple[User, ...]], ...]:
    """Bodies whose opinion the user may hand to a colleague, with those who may take it."""
    found = []
    for ask in (ask for row in stages for ask in row.asks if ask.waiting and row.stage.state == CaseStage.State.OPEN):
        leads = user.has_role("leader", body=ask.body)
        if not user.has_role("approver", "leader", body=ask.body) or (ask.holder not in (None, user) and not leads):
            continue
        back = [user] if leads and ask.holder not in (None, user) and user.pk != case.submitted_by_id else []
        takers = [*back, *(each for each in may_take(case, ask.body, user) if each != ask.holder)]
        if takers:
            found.append((ask.body, tuple(takers)))
    return tuple(found)


def _mending(case: Case) -> int:
    """The round whose returned fields are to be mended: this one while it is returned, else the one before."""
    return case.round if case.state == Case.State.RETURNED else case.round - 1


def _asks(asks: Iterable[CaseAsk], opinions: Iterable[Opinion], at: dt.datetime) -> tuple[AskRow, ...]:
    given = {(opinion.stage_id, opinion.body_id): opinion for opinion in opinions}
    today = day_of(at)
    rows = []
    for ask in asks:
        until = day_of(ask.answered_at) if ask.answered_at else today
        days = (until - day_of(ask.asked_at)).days if ask.asked_at else None
        urged = ask.urged_at is not None and day_of(ask.urged_at) == today
        held = list(ask.handovers.all())
        holder = held[-1].taker if held else None
        rows.append(
            AskRow(ask.body, given.get((ask.stage_id, ask.body_id)), ask.asked_at is not None, days, urged, holder)
        )
    return tuple(rows)


def _carried(every: list[CaseStage], first: int) -> tuple[CaseStage, ...]:
    """Stages that passed in an earlier round and are not asked again."""
    passed = {stage.number: stage for stage in every if stage.number < first and stage.state == CaseStage.State.PASSED}
    return tuple(passed[number] for number in sorted(passed))


def _needs_number(case: Case, now: list[CaseStage], owed: list[Body]) -> bool:
    stage = next((stage for stage in now if stage.state == CaseStage.State.OPEN), None)
    last = stage is not None and (stage.needs == "one" or len(owed) == 1)
    if stage is None or not last:
        return False
    ends = not any(later.number > stage.number for later in now)
    return stage.act == "joint_issue" or (ends and subject_of(case.subject_type).ends_in_document)


def citation_of(case: Case, layers: Layers | None) -> Citation | None:
    """The clause that the route stands on; None for the platform's default."""
    found = layers.rule(case.rule_id) if layers and case.rule_id else None
    if found is None:
        return None
    book, rule = found
    route = next((p for p in rule.provisions if p.kind == "route"), rule.provisions[0])
    return cite(route, book.document)


def fields_in_words(tables: Iterable[Table], keys: Iterable[str]) -> list[str]:
    """Rows that an opinion named, by the words of their first column."""
    words: dict[str, Any] = {row.key: row.cells[0] for table in tables for row in table.rows if row.key}
    return [str(words.get(key, key)) for key in keys]
