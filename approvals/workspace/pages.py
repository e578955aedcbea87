"""A case on one screen with its opinion form, and what else is done with it. Everything works with JavaScript off."""

from uuid import UUID

from django.contrib import messages
from django.contrib.auth.decorators import login_required
from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.urls import reverse
from django.views.decorators.http import require_POST

from approvals import cases, desks, queries
from approvals.copies import readers, send_copy
from approvals.forms import CopyForm, HandOverForm, OpinionForm, WithdrawForm
from approvals.inbox import place_of
from approvals.models import Case, Opinion
from approvals.phrases import phrases_for
from approvals.subjects import row_of, subject_of
from approvals.workspace.inbox import narrowed
from offices import rulebooks
from offices.clock import now, today
from offices.models import Body
from offices.queries import members
from offices.workspace.common import actor, attempt, say
from policies.refusal import Refused

STEPS = {"passed": "done", "open": "now", "returned": "now", "refused": "now", "waiting": "next"}


def _case(request: HttpRequest, uid: UUID) -> Case:
    rows = Case.objects.visible_to(actor(request)).select_related(
        "division", "county", "submitted_by", "submitted_body__division"
    )
    return get_object_or_404(rows.distinct(), uid=uid)


@login_required
def case_page(request: HttpRequest, uid: UUID) -> HttpResponse:
    """Everything about a case on one page, with the way to its neighbours in the inbox; a POST is an opinion, which leads to the next."""
    case, user = _case(request, uid), actor(request)
    _, asked, query = narrowed(request)
    place = place_of(case, user, today(), asked)
    file = queries.case_file(case, user=user, at=now())
    refused: Refused | None = None
    form = OpinionForm(
        request.POST or None, request.FILES or None, bodies=list(file.deciding), number=file.needs_number,
        phrases=phrases_for(user) if file.deciding or request.method == "POST" else (), initial={"seen": case.content_hash},
    )  # fmt: skip
    if request.method == "POST":
        refused = _give(request, case, form)
        if refused is None and form.is_valid():
            return _go_on(request, case, Opinion.Verdict(form.cleaned_data["verdict"]), place.after, query)
    status = refused.status if refused else 400 if request.method == "POST" else 200
    context = _context(file, form, refused) | {
        "place": place, "query": query, "copy": CopyForm(users=file.readers.users, bodies=file.readers.bodies) if file.readers else None,
    }  # fmt: skip
    return render(request, "staff/approvals/case.html", context, status=status)


def _go_on(request: HttpRequest, case: Case, verdict: Opinion.Verdict, after: UUID | None, query: str) -> HttpResponse:
    """To the next case that waits, as the inbox was narrowed; back to the inbox where it was the last."""
    url = reverse("approvals:case", args=[after]) if after else reverse("approvals:inbox")
    messages.success(
        request, f"“{case.title}”意见已提交：{verdict.label}。{'这是下一件。' if after else '没有下一件了。'}"
    )
    return redirect(f"{url}?{query}" if query else url)


def _give(request: HttpRequest, case: Case, form: OpinionForm) -> Refused | None:
    """Call the engine, for a body that the form does not offer as well: the engine says why not."""
    if not form.is_valid() and "body" not in form.errors:
        return None
    body = form.cleaned_data.get("body") or _body_named(request.POST.get("body", ""))
    if body is None:
        return None
    data = form.cleaned_data
    mended = [name[:120].replace("\x00", "") for name in request.POST.getlist("fields")[:500]]
    return attempt(
        lambda: cases.give_opinion(
            by=actor(request), at=now(), today=today(), case=case, body=body, verdict=data.get("verdict", ""),
            reasons=form.words, fields=mended, seen_hash=data.get("seen", ""),
            document_number=data.get("document_number", ""), conditions=data.get("conditions", ""),
            papers=request.FILES.getlist("papers"),
        ),
        form,
    )  # fmt: skip


def _body_named(text: str) -> Body | None:
    try:
        return Body.objects.filter(uid=UUID(text)).first()
    except ValueError:
        return None


def _context(file: queries.CaseFile, form: OpinionForm, refused: Refused | None) -> dict[str, object]:
    layers = rulebooks.pinned(file.case.revision)
    handler = subject_of(file.case.subject_type)
    return {
        "file": file, "case": file.case, "form": form, "refused": refused, "stages": _steps(file), "withdraw": WithdrawForm(),
        "handing": file.to_hand,
        "citation": queries.citation_of(file.case, layers), "subject_link": handler.link(row_of(file.case)),
        "mend": queries.fields_in_words(file.tables, file.to_mend),
        "thread": [
            {
                "body": f"{opinion.body.name}（{opinion.stage.name}，第{opinion.round}轮）", "word": opinion.get_verdict_display(),
                "kind": {"pass": "done", "return": "back", "refuse": "stop"}[opinion.verdict], "at": opinion.at, "by": _by(opinion),
                "text": _text(opinion, queries.fields_in_words(file.tables, opinion.fields)),
                "files": [paper.file for paper in opinion.papers.all()],
                "document_number": opinion.document_number,
            }
            for opinion in file.opinions
        ],
        "crumbs": [{"label": "待办", "url": reverse("approvals:inbox")}, {"label": file.case.title, "url": ""}],
    }  # fmt: skip


def _by(opinion: Opinion) -> str:
    """Who gave it, and in whose place."""
    return f"{opinion.by}（受{opinion.for_user}委托）" if opinion.for_user else str(opinion.by)


def _text(opinion: Opinion, named: list[str]) -> str:
    more = [f"附带条件：{opinion.conditions}"] if opinion.conditions else []
    more += [f"需修改：{'、'.join(named)}"] if named else []
    return "\n".join([opinion.reasons, *more] if opinion.reasons else more)


def _steps(file: queries.CaseFile) -> list[dict[str, str]]:
    carried = [{"label": stage.name, "state": "done", "note": f"第{stage.round}轮通过"} for stage in file.carried]
    return carried + [
        {"label": row.stage.name, "state": STEPS[row.stage.state], "note": _note(row)} for row in file.stages
    ]


def _note(row: queries.StageRow) -> str:
    if row.stage.state == "open":
        answered = sum(1 for ask in row.asks if ask.opinion)
        return f"{answered} / {len(row.asks)} 家已提意见"
    return "" if row.stage.state == "waiting" else row.stage.get_state_display()


@require_POST
@login_required
def urge(request: HttpRequest, uid: UUID, body: UUID) -> HttpResponse:
    """催办."""
    case = _case(request, uid)
    owed = get_object_or_404(Body, uid=body)
    refused = attempt(lambda: cases.urge(by=actor(request), at=now(), today=today(), case=case, body=owed))
    say(request, refused, f"已催办{owed}。")
    return redirect("approvals:case", uid=case.uid)


@require_POST
@login_required
def hand_over(request: HttpRequest, uid: UUID, body: UUID) -> HttpResponse:
    """转办."""
    case = _case(request, uid)
    owed = get_object_or_404(Body, uid=body)
    form = HandOverForm(request.POST, takers=members(owed))
    if not form.is_valid():
        messages.error(request, "没有转办：请选择本单位的审批人员并写明转办说明。")
        return redirect("approvals:case", uid=case.uid)
    refused = attempt(lambda: desks.hand_over(by=actor(request), at=now(), case=case, body=owed, **form.cleaned_data))
    say(request, refused, f"已转办给{form.cleaned_data['taker']}。")
    return redirect("approvals:case", uid=case.uid)


@require_POST
@login_required
def copy(request: HttpRequest, uid: UUID) -> HttpResponse:
    """抄送."""
    case = _case(request, uid)
    allowed = readers(actor(request), case)
    form = CopyForm(request.POST, users=allowed.users, bodies=allowed.bodies)
    if not allowed:
        refused = attempt(lambda: send_copy(by=actor(request), at=now(), case=case))  # it says who may
    elif not form.is_valid():
        messages.error(request, "没有抄送：请选择一位同事或一个机构，说明不超过 300 字。")
        return redirect("approvals:case", uid=case.uid)
    else:
        note = form.cleaned_data["note"]
        refused = attempt(lambda: send_copy(by=actor(request), at=now(), case=case, **form.to, note=note))
    say(request, refused, "已抄送，对方可以查看，不需要办理。")
    return redirect("approvals:case", uid=case.uid)


@require_POST
@login_required
def withdraw(request: HttpRequest, uid: UUID) -> HttpResponse:
    """Take a case back."""
    case = _case(request, uid)
    reason = request.POST.get("reason", "")
    refused = attempt(lambda: cases.withdraw(by=actor(request), at=now(), today=today(), case=case, reason=reason))
    say(request, refused, "已撤回，可以修改后重新提交。")
    return redirect("approvals:case", uid=case.uid)
