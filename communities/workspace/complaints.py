"""Staff pages of complaints: the list, one complaint with its answer, assigning, handing on, opening who complained."""

from typing import Any
from uuid import UUID

from django.contrib import messages
from django.contrib.auth.decorators import login_required
from django.core.exceptions import BadRequest
from django.core.paginator import Paginator
from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.urls import reverse
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_POST, require_safe

from communities.actions import complaints as actions
from communities.complaint_forms import (
    AssignForm,
    ComplaintAnswerForm,
    ComplaintFilterForm,
    EnterComplaintForm,
    TransferForm,
)
from communities.models import Complaint
from communities.queries import complaints as queries
from communities.rules.complaints import DEFAULT_WORDS
from communities.workspace.frame import community_or_404
from offices.clock import now, today
from offices.queries import members
from offices.viewing import division_in_view
from offices.workspace.common import actor, attempt, say
from offices.workspace.personal import revealing
from policies.refusal import Refused

PAGE = 50
CRUMB = {"label": "投诉", "url": "/staff/communities/complaints/"}


def _complaint(request: HttpRequest, uid: UUID) -> Complaint:
    rows = Complaint.objects.visible_to(actor(request)).select_related(
        "community", "handler_body__division", "handler", "entered_by", "person", "photo", "division"
    )
    return get_object_or_404(rows.distinct(), uid=uid)


@login_required
@require_safe
def complaint_list(request: HttpRequest) -> HttpResponse:
    """Complaints of the division in view."""
    form = ComplaintFilterForm(request.GET or None)
    if request.GET and not form.is_valid():
        raise BadRequest("filter")
    chosen: dict[str, Any] = form.cleaned_data if request.GET else {}
    asked = queries.ComplaintFilter(
        division=division_in_view(request), state=chosen.get("state", ""), category=chosen.get("category", ""),
        repeats=chosen.get("repeats", False),
    )  # fmt: skip
    page = Paginator(queries.complaints_in_scope(actor(request), asked, today()), PAGE).get_page(
        request.GET.get("page")
    )
    context = {"form": form, "page": page, "filtered": any(chosen.values()), "default_words": DEFAULT_WORDS}
    return render(request, "staff/communities/complaints.html", context)


@login_required
def enter(request: HttpRequest, uid: UUID) -> HttpResponse:
    """Enter a complaint that came by another way."""
    community = community_or_404(request, uid)
    form = EnterComplaintForm(request.POST or None, request.FILES or None)
    refused: Refused | None = None
    if request.method == "POST" and form.is_valid():
        data, made = form.cleaned_data, list[Complaint]()
        refused = attempt(
            lambda: made.append(
                actions.file_complaint(
                    by=actor(request), at=now(), today=today(), community=community, given=form.given, photo=data["photo"],
                    channel=data["channel"], deadline=data["deadline"],
                )
            ),
            form,
        )  # fmt: skip
        if refused is None:
            messages.success(request, f"已登记，编号 {made[0].number}，可告知本人凭编号查询。")
            return redirect("communities:complaint", uid=made[0].uid)
    status = refused.status if refused else 400 if request.method == "POST" else 200
    context = {
        "form": form, "community": community, "refused": None if form.errors else refused,
        "crumbs": [CRUMB, {"label": community.name, "url": reverse("communities:detail", args=[uid])}, {"label": "登记投诉", "url": ""}],
    }  # fmt: skip
    return render(request, "staff/communities/complaint_new.html", context, status=status)


@login_required
@never_cache
def complaint(request: HttpRequest, uid: UUID) -> HttpResponse:
    """A complaint; a POST answers it."""
    row = _complaint(request, uid)
    form = ComplaintAnswerForm(request.POST or None, initial={"version": row.version})
    refused: Refused | None = None
    if request.method == "POST" and form.is_valid():
        data = form.cleaned_data
        refused = attempt(
            lambda: actions.answer_complaint(
                by=actor(request), at=now(), complaint=row, text=data["text"], public_text=data["public_text"],
                expected_version=data["version"],
            ),
            form,
        )  # fmt: skip
        if refused is None:
            messages.success(request, "答复已提交，投诉人凭编号可以看到。")
            return redirect("communities:complaint", uid=uid)
    status = refused.status if refused else 400 if request.method == "POST" else 200
    return _page(request, row, {"form": form, "refused": None if form.errors else refused}, status)


def _page(request: HttpRequest, row: Complaint, more: dict[str, Any], status: int = 200) -> HttpResponse:
    people = members(row.handler_body, *actions.HANDLING)
    initial = {"handler": row.handler.uid if row.handler else None, "deadline": row.deadline}
    context = {
        "complaint": row, "masked": queries.masked_complainant(row), "repeats": queries.repeats_of(row),
        "may_act": actions.may_handle(actor(request), row), "overdue": row.state == "open" and row.deadline < today(),
        "transfers": row.transfers.select_related("from_body", "to_body", "by").order_by("pk"), "default_words": DEFAULT_WORDS,
        "answers": [
            {"body": answer.body.name, "kind": "done", "word": "已答复", "at": answer.at, "by": answer.by, "text": _text(answer)}
            for answer in row.answers.select_related("body", "by")
        ],
        "form": ComplaintAnswerForm(initial={"version": row.version}), "assign": AssignForm(people=people, initial=initial),
        "transfer": TransferForm(bodies=[body for body in actions.bodies_for(row) if body.pk != row.handler_body_id]),
        "crumbs": [CRUMB, {"label": row.number, "url": ""}], **more,
    }  # fmt: skip
    return render(request, "staff/communities/complaint.html", context, status=status)


def _text(answer: Any) -> str:
    return f"{answer.text}\n公开部分：{answer.public_text}" if answer.public_text else answer.text


@login_required
@require_POST
def assign(request: HttpRequest, uid: UUID) -> HttpResponse:
    """Who handles it, until when."""
    row = _complaint(request, uid)
    form = AssignForm(request.POST, people=members(row.handler_body, *actions.HANDLING))
    refused: Refused | None = None
    if form.is_valid():
        data = form.cleaned_data
        refused = attempt(
            lambda: actions.assign_complaint(
                by=actor(request), at=now(), today=today(), complaint=row, handler=data["handler"], deadline=data["deadline"]
            ),
            form,
        )  # fmt: skip
        if refused is None:
            messages.success(request, "已保存。")
            return redirect("communities:complaint", uid=uid)
    status = refused.status if refused else 400
    return _page(request, row, {"assign": form, "refused": None if form.errors else refused}, status)


@login_required
@require_POST
def transfer(request: HttpRequest, uid: UUID) -> HttpResponse:
    """转办."""
    row = _complaint(request, uid)
    form = TransferForm(request.POST, bodies=actions.bodies_for(row))
    refused: Refused | None = None
    if form.is_valid():
        data = form.cleaned_data
        refused = attempt(
            lambda: actions.transfer_complaint(
                by=actor(request), at=now(), complaint=row, to_body=data["body"], reason=data["reason"]
            ),
            form,
        )
        if refused is None:
            messages.success(request, f"已转给{data['body']}。")
            return redirect("communities:complaints")
    status = refused.status if refused else 400
    return _page(request, row, {"transfer": form, "refused": None if form.errors else refused}, status)


@login_required
@require_POST
def erase(request: HttpRequest, uid: UUID) -> HttpResponse:
    """Forget who complained, as he asked."""
    row, reason = _complaint(request, uid), request.POST.get("reason", "")
    refused = attempt(lambda: actions.erase_complainant(by=actor(request), at=now(), complaint=row, reason=reason))
    say(request, refused, "投诉人的姓名、电话和房号已清除，投诉内容和办理记录照原样保留。")
    return redirect("communities:complaint", uid=uid)


@login_required
@never_cache
def reveal(request: HttpRequest, uid: UUID) -> HttpResponse:
    """Who complained, for a reason."""
    row = _complaint(request, uid)
    context = {
        "masked": queries.masked_complainant(row), "erase_url": reverse("communities:erase_complainant", args=[uid]),
        "crumbs": [CRUMB, {"label": row.number, "url": reverse("communities:complaint", args=[uid])}, {"label": "查看联系方式", "url": ""}],
    }  # fmt: skip
    return revealing(
        request, lambda why: actions.reveal_complainant(by=actor(request), at=now(), complaint=row, reason=why), context
    )
