"""Staff pages of opinions and objections: enter what was said elsewhere, answer, open who said it; a subject's opinions by channel."""

from typing import Any
from uuid import UUID

from django.contrib import messages
from django.contrib.auth.decorators import login_required
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.urls import reverse
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_POST

from approvals import notices
from approvals.models import Notice, Remark
from approvals.notices import queries
from approvals.notices.access import EITHER, acting_body
from approvals.notices.drafts import places_of
from approvals.notices.forms import AnswerForm, EntryForm
from approvals.notices.subjects import subject_of
from approvals.workspace.notices import CRUMB, notice_or_404
from offices.clock import now, today
from offices.rulebooks import layers_of
from offices.workspace.common import actor, attempt, say
from offices.workspace.personal import revealing
from policies.refusal import Refused


def _remark(request: HttpRequest, uid: UUID) -> Remark:
    rows = Remark.objects.visible_to(actor(request)).select_related(
        "notice", "community", "entered_by", "division", "person"
    )
    return get_object_or_404(rows.distinct(), uid=uid)


@login_required
def enter(request: HttpRequest, uid: UUID) -> HttpResponse:
    """Enter what was said on a notice."""
    notice = notice_or_404(request, uid)
    crumbs = [CRUMB, {"label": notice.title, "url": reverse("approvals:notice", args=[uid])}]
    return _entry(request, places_of(notice), crumbs, {"notice": notice}, reverse("approvals:notice", args=[uid]))


def _entry(
    request: HttpRequest, places: list[Any], crumbs: list[dict[str, str]], about: dict[str, Any], back: str
) -> HttpResponse:  # fmt: skip
    form = EntryForm(request.POST or None, places=places, initial={"received_on": today()})
    refused: Refused | None = None
    if request.method == "POST" and form.is_valid():
        data, made = form.given, list[Remark]()
        channel, received_on = data.pop("channel"), data.pop("received_on")
        refused = attempt(
            lambda: made.append(
                notices.enter_remark(
                    by=actor(request), at=now(), today=today(), channel=channel, received_on=received_on, given=data, **about
                )
            ),
            form,
        )  # fmt: skip
        if refused is None:
            messages.success(request, f"已登记，编号 {made[0].number}，可告知本人凭编号查询。")
            return redirect("approvals:remark", uid=made[0].uid)
    status = refused.status if refused else 400 if request.method == "POST" else 200
    context = {
        "form": form, "heading": "登记意见或异议", "back": back, "crumbs": [*crumbs, {"label": "登记意见或异议", "url": ""}],
        "refused": None if form.errors and refused and refused.errors else refused,
    }  # fmt: skip
    return render(request, "staff/notices/entry.html", context, status=status)


@login_required
@never_cache
def remark(request: HttpRequest, uid: UUID) -> HttpResponse:
    """What was said, what became of it, and the answer's form."""
    row = _remark(request, uid)
    form = AnswerForm(request.POST or None, initial={"version": row.version})
    refused: Refused | None = None
    if request.method == "POST" and form.is_valid():
        data = form.cleaned_data
        refused = attempt(
            lambda: notices.answer_remark(
                by=actor(request), at=now(), remark=row, outcome=data["outcome"], summary=data["summary"], text=data["text"],
                expected_version=data["version"],
            ),
            form,
        )  # fmt: skip
        if refused is None:
            messages.success(request, "答复已提交并公开。")
            return redirect("approvals:remark", uid=uid)
    status = refused.status if refused else 400 if request.method == "POST" else 200
    return _page(request, row, {"form": form, "refused": refused}, status)


def _page(request: HttpRequest, row: Remark, more: dict[str, Any], status: int = 200) -> HttpResponse:
    notice: Notice | None = row.notice
    crumbs = [CRUMB]
    if notice is not None:
        crumbs.append({"label": notice.title, "url": reverse("approvals:notice", args=[notice.uid])})
    refused = more.get("refused")
    form = more.get("form") or AnswerForm(initial={"version": row.version})
    context = {
        "remark": row, "notice": notice, "masked": queries.masked_person(row), "form": form,
        "answers": [
            {
                "body": answer.body.name, "kind": "done", "word": answer.get_outcome_display(), "at": answer.at, "by": answer.by,
                "text": f"{answer.summary}\n{answer.text}",
            }
            for answer in row.answers.select_related("body", "by")
        ],
        "may_act": acting_body(actor(request), [row], EITHER) is not None, **more,
        "crumbs": [*crumbs, {"label": str(row.get_kind_display()), "url": ""}],
    }  # fmt: skip
    context["refused"] = None if refused is not None and refused.errors and form.errors else refused
    return render(request, "staff/notices/remark.html", context, status=status)


@login_required
@require_POST
def erase(request: HttpRequest, uid: UUID) -> HttpResponse:
    """Forget who said it, as he asked."""
    row, reason = _remark(request, uid), request.POST.get("reason", "")
    refused = attempt(lambda: notices.erase_person(by=actor(request), at=now(), remark=row, reason=reason))
    say(request, refused, "提出人的姓名、电话和房号已清除，意见内容和答复照原样保留。")
    return redirect("approvals:remark", uid=uid)


@login_required
@never_cache
def reveal(request: HttpRequest, uid: UUID) -> HttpResponse:
    """Who said it, for a reason."""
    row = _remark(request, uid)
    context = {
        "masked": queries.masked_person(row), "erase_url": reverse("approvals:erase_remark", args=[uid]),
        "crumbs": [
            CRUMB, {"label": str(row.get_kind_display()), "url": reverse("approvals:remark", args=[uid])},
            {"label": "查看联系方式", "url": ""},
        ],
    }  # fmt: skip
    return revealing(
        request, lambda why: notices.reveal_remark(by=actor(request), at=now(), remark=row, reason=why), context
    )


@login_required
def opinions(request: HttpRequest, kind: str, uid: UUID) -> HttpResponse:
    """A subject's opinions by channel, with what became of each; a POST enters one that came without a notice."""
    handler = subject_of(kind)
    subject = handler.find(actor(request), uid) if handler else None
    if handler is None or subject is None:
        raise Http404(uid)
    crumbs = [{"label": handler.title(subject), "url": handler.link(subject)}]
    back = reverse("approvals:opinions", args=[kind, uid])
    if request.method == "POST" or "enter" in request.GET:
        crumbs.append({"label": "意见", "url": back})
        about = {"subject_type": kind, "subject": subject}
        return _entry(request, handler.communities(subject), crumbs, about, back)
    rows = queries.remarks_of(uid)
    channels = queries.channels_of(rows)
    places = handler.communities(subject)
    context = {
        "title": handler.title(subject), "rows": rows, "channels": channels, "crumbs": [*crumbs, {"label": "意见", "url": ""}],
        "unheard": queries.unheard(layers_of(subject.division), today(), channels),
        "notices": queries.notices_of([uid]), "kind": kind, "uid": uid, "back": back,
        "may_act": acting_body(actor(request), places, EITHER) is not None,
    }  # fmt: skip
    return render(request, "staff/notices/opinions.html", context)
