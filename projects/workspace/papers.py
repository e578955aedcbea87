"""Papers of plans and projects: one table for all lines of a plan, one form for a single paper, the second person's check, exceptions."""

from collections.abc import Callable
from dataclasses import dataclass, field
from typing import Any
from uuid import UUID

from django import forms
from django.contrib import messages
from django.contrib.auth.decorators import login_required
from django.core.exceptions import BadRequest
from django.db import transaction
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import redirect

from approvals.models import Paper
from approvals.rules.evidence import Figure
from offices.clock import now, today
from offices.rulebooks import layers_of
from policies.answer import citation
from policies.refusal import Invalid, Refused
from projects.actions.papers import Subject, check_all, gate_provision, grant_exception, record_evidence
from projects.content import lines_of
from projects.figures import PaperKind, figure_words, paper_kinds
from projects.forms import FIGURE, ExceptionForm, PaperForm, day_of
from projects.gates import papers_held
from projects.models import AnnualPlan, PlanLine
from projects.queries.plans import plan_page
from projects.rules.gates import GateAnswer
from projects.rules.stages import STEP_LABELS
from projects.workspace.common import (
    actor,
    attempt,
    page,
    plan_crumbs,
    plan_or_404,
    plan_url,
    project_crumbs,
    project_or_404,
    project_url,
    shown,
)


def kind_or_404(subject: Subject, key: str) -> PaperKind:
    """The kind of paper that the subject's documents ask for."""
    kind = paper_kinds(layers_of(subject.division), today()).get(key)
    if kind is None or kind.of_plan != isinstance(subject, AnnualPlan):
        raise Http404(key)
    return kind


THERE = "there"  # the one tick of a paper that has no figures


@dataclass
class TableRow:
    """A line in the table of one kind of paper: what is held, what the form shows, what was wrong with it, what its gates say."""

    line: PlanLine
    paper: Paper | None
    gates: list[GateAnswer]
    figures: tuple[Figure, ...]
    values: dict[str, str]
    errors: dict[str, list[str]] = field(default_factory=dict)

    @property
    def prefix(self) -> str:
        """Prefix of its inputs."""
        return f"{self.line.uid}-"

    @property
    def cells(self) -> list[dict[str, str]]:
        """Inputs of its figures, in the order of the head."""
        cells = [(FIGURE + figure.key, figure.label, figure.kind) for figure in self.figures] or [
            (THERE, "已有材料", "yes")
        ]
        return [
            {"name": self.prefix + name, "label": label, "kind": kind, "value": self.values[name]}
            for name, label, kind in cells
        ]

    @property
    def problems(self) -> list[str]:
        """All its errors."""
        return [text for texts in self.errors.values() for text in texts]


class PaperTable:
    """All lines of a plan, one kind of paper, one save."""

    def __init__(self, request: HttpRequest, plan: AnnualPlan, kind: PaperKind) -> None:
        self.request, self.plan, self.kind = request, plan, kind
        view = plan_page(plan, layers=layers_of(plan.division), today=today())
        self.rows = [
            TableRow(
                line=row.line,
                paper=next((paper for paper in row.papers if paper.evidence == kind.key), None),
                gates=[gate for gate in row.gates if gate.key == kind.key],
                figures=kind.form.figures,
                values={},
            )
            for row in view.lines
        ]
        for row in self.rows:
            row.values = self._held(row)

    def _held(self, row: TableRow) -> dict[str, str]:
        """What the form shows before anybody types."""
        values = {FIGURE + figure.key: "" for figure in self.kind.form.figures} | {"day": "", "document_number": ""}
        if not self.kind.form.figures:
            values[THERE] = "on" if row.paper else ""
        if row.paper is not None:
            values |= {FIGURE + key: _text(value) for key, value in row.paper.figures.items() if FIGURE + key in values}
            values |= {"day": row.paper.day.isoformat(), "document_number": row.paper.document_number}
        elif FIGURE + "households" in values:
            known = [part.community.household_count for part in row.line.project.parts.all()]
            if known and None not in known:
                values[FIGURE + "households"] = str(sum(count for count in known if count))
        return values

    def save(self) -> int:
        """Record every row that was changed, all or none; the number recorded. Raises Refused with the errors on their rows."""
        common = {name: self.request.POST.get(name, "").strip() for name in ("day", "document_number")}
        given_rows = [(row, self._given(row)) for row in self.rows]
        changed = [(row, given) for row, given in given_rows if not _same(row.values, given) and given.get(THERE) != ""]
        saved = 0
        with transaction.atomic():
            for row, given in changed:
                row.values = given
                try:
                    self._record(row, given, common)
                    saved += 1
                except Invalid as error:
                    row.errors = error.errors or {"": [error.detail]}
            wrong = [row for row in self.rows if row.errors]
            if wrong:
                raise Invalid(f"没有保存：{len(wrong)} 行需要更正", errors={row.prefix: row.problems for row in wrong})
        return saved

    def _given(self, row: TableRow) -> dict[str, str]:
        return {name: self.request.POST.get(row.prefix + name, "").strip()[:60] for name in row.values}

    def _record(self, row: TableRow, given: dict[str, str], common: dict[str, str]) -> None:
        try:
            day = day_of(given["day"] or common["day"]) if given["day"] or common["day"] else None
        except forms.ValidationError as error:
            raise Invalid("日期有误", errors={"day": [str(text) for text in error.messages]}) from error
        if day is None:
            raise Invalid("请填写日期", errors={"day": ["请填写材料日期"]})
        figures = {figure.key: given[FIGURE + figure.key] for figure in self.kind.form.figures}
        record_evidence(
            by=actor(self.request), at=now(), today=today(), subject=row.line.project, key=self.kind.key, figures=figures, day=day,
            document_number=given["document_number"] or common["document_number"],
        )  # fmt: skip


def _same(held: dict[str, str], given: dict[str, str]) -> bool:
    """Whether a row says nothing new: a blank day or number is not said, and a day may be written in any way."""
    day = given["day"]
    if day and day != held["day"]:
        try:
            day = day_of(day).isoformat()
        except forms.ValidationError:
            return False
    said = {**given, "day": day or held["day"], "document_number": given["document_number"] or held["document_number"]}
    return said == held


def _text(value: Any) -> str:
    if isinstance(value, bool):
        return "on" if value else ""
    return str(value)


@login_required
def table(request: HttpRequest, uid: UUID, key: str) -> HttpResponse:
    """Figures of one kind of paper for all lines of a plan."""
    plan = plan_or_404(request, uid)
    kind = paper_kinds(layers_of(plan.division), today()).get(key)
    if kind is None or kind.of_plan:
        raise Http404(key)
    sheet = PaperTable(request, plan, kind)
    refused: Refused | None = None
    if request.method == "POST":
        saved: list[int] = []
        refused = attempt(lambda: saved.append(sheet.save()))
        if refused is None:
            messages.success(request, f"已保存 {saved[0]} 份材料，待第二人复核。" if saved[0] else "没有改动。")
            return redirect(request.path)
    first = next((gate for row in sheet.rows for gate in row.gates), None)
    context = {
        "plan": plan, "kind": kind, "rows": sheet.rows, "citation": first.citation if first else None,
        "crumbs": plan_crumbs(plan, kind.label), "common": request.POST,
    }  # fmt: skip
    return page(request, "paper_table", context, refused)


@login_required
def plan_paper(request: HttpRequest, uid: UUID, key: str) -> HttpResponse:
    """A paper of the plan as a whole."""
    plan = plan_or_404(request, uid)
    return _paper(request, plan, key, plan_url(plan), lambda label: plan_crumbs(plan, label))


@login_required
def project_paper(request: HttpRequest, uid: UUID, key: str) -> HttpResponse:
    """A paper of a project."""
    project = project_or_404(request, uid)
    return _paper(request, project, key, project_url(project), lambda label: project_crumbs(project, label))


def _paper(request: HttpRequest, subject: Subject, key: str, back: str, crumbs: Callable[[str], Any]) -> HttpResponse:
    kind = kind_or_404(subject, key)
    before = next((paper for paper in papers_held([subject])[subject.uid] if paper.evidence == key), None)
    initial: dict[str, Any] = {"day": today()} if before is None else _initial(before)
    form = PaperForm(request.POST or None, request.FILES or None, kind=kind, initial=initial)
    refused: Refused | None = None
    if request.method == "POST" and form.is_valid():
        data = form.cleaned_data
        refused = attempt(
            lambda: record_evidence(
                by=actor(request), at=now(), today=today(), subject=subject, key=key, figures=form.figures, day=data["day"],
                document_number=data["document_number"], title=data["title"], upload=data["file"],
            ),
            form,
        )  # fmt: skip
        if refused is None:
            messages.success(request, "已录入，待第二人复核。")
            return redirect(back)
    context = {"kind": kind, "form": form, "before": before, "crumbs": crumbs(kind.label), "back": back}
    return page(request, "paper", context, shown(form, refused))


def _initial(paper: Paper) -> dict[str, Any]:
    return {
        "title": paper.title, "day": paper.day, "document_number": paper.document_number,
        **{FIGURE + key: value for key, value in paper.figures.items()},
    }  # fmt: skip


@dataclass(frozen=True)
class CheckRow:
    """A paper that waits for a second person."""

    paper: Paper
    subject: Subject
    figures: list[tuple[str, str]]
    own: bool


@login_required
def check_plan(request: HttpRequest, uid: UUID) -> HttpResponse:
    """Papers of a plan and its lines that wait for a second person."""
    plan = plan_or_404(request, uid)
    subjects: list[Subject] = [plan, *[line.project for line in lines_of(plan)]]
    return _check(request, subjects, plan_url(plan), plan_crumbs(plan, "复核材料"))


@login_required
def check_project(request: HttpRequest, uid: UUID) -> HttpResponse:
    """Papers of a project that wait for a second person."""
    project = project_or_404(request, uid)
    return _check(request, [project], project_url(project), project_crumbs(project, "复核材料"))


def _check(request: HttpRequest, subjects: list[Subject], back: str, crumbs: list[dict[str, str]]) -> HttpResponse:
    found = papers_held(subjects)
    kinds = paper_kinds(layers_of(subjects[0].division), today())
    rows = [
        CheckRow(
            paper,
            subject,
            figure_words(kinds.get(paper.evidence), paper.figures),
            paper.entered_by_id == actor(request).pk,
        )
        for subject in subjects
        for paper in found[subject.uid]
        if paper.checked_by_id is None
    ]
    refused: Refused | None = None
    if request.method == "POST":
        chosen = [row.paper for row in rows if str(row.paper.uid) in request.POST.getlist("paper")]
        refused = attempt(lambda: check_all(by=actor(request), at=now(), chosen=chosen))
        if refused is None:
            messages.success(request, f"已复核 {len(chosen)} 份材料。")
            return redirect(back)
    context = {"rows": rows, "crumbs": crumbs, "back": back, "mine": sum(row.own for row in rows)}
    return page(request, "check", context, refused)


@login_required
def plan_exception(request: HttpRequest, uid: UUID) -> HttpResponse:
    """An exception to a gate of the plan as a whole."""
    plan = plan_or_404(request, uid)
    return _exception(request, plan, plan_url(plan), plan_crumbs(plan, "登记例外"))


@login_required
def project_exception(request: HttpRequest, uid: UUID) -> HttpResponse:
    """An exception to a gate of a project."""
    project = project_or_404(request, uid)
    return _exception(request, project, project_url(project), project_crumbs(project, "登记例外"))


def _exception(request: HttpRequest, subject: Subject, back: str, crumbs: list[dict[str, str]]) -> HttpResponse:
    asked: dict[str, Any] = {name: request.GET.get(name, "")[:40] for name in ("rule", "step", "evidence")}
    try:
        provision = gate_provision(subject, **asked, day=today())
    except Refused as error:
        raise BadRequest("rule") from error
    form = ExceptionForm(request.POST or None, request.FILES or None, needs_document=provision.strength == "must")
    refused: Refused | None = None
    if request.method == "POST" and form.is_valid():
        data: dict[str, Any] = {key: value for key, value in form.cleaned_data.items() if key != "file"}
        upload = form.cleaned_data.get("file")
        refused = attempt(
            lambda: grant_exception(
                by=actor(request), at=now(), today=today(), subject=subject, upload=upload, **asked, **data
            ),
            form,
        )
        if refused is None:
            messages.success(request, "例外已登记，凡显示本项目之处都会显示。")
            return redirect(back)
    context = {
        "form": form, "provision": provision, "citation": citation(layers_of(subject.division), provision), "crumbs": crumbs,
        "step": STEP_LABELS[provision.params.step], "back": back, "label": provision.params.label,
    }  # fmt: skip
    return page(request, "exception", context, shown(form, refused))


def exception_query(gate: GateAnswer) -> str:
    """Query of the exception form of a gate."""
    return f"?rule={gate.provision.rule_id}&step={gate.gate.step}&evidence={gate.key}"
