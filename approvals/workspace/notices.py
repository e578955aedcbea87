"""Staff pages of notices: list, draft, the notice with its days and remarks, posting, closing, withdrawing, the sheet for the board."""

from typing import Any
from uuid import UUID

import segno
from django.contrib import messages
from django.contrib.auth.decorators import login_required
from django.core.exceptions import BadRequest
from django.core.paginator import Paginator
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.urls import reverse
from django.views.decorators.http import require_POST, require_safe

from approvals import notices
from approvals.models import Notice
from approvals.notices import queries
from approvals.notices.access import EITHER, LEADER, acting_body
from approvals.notices.drafts import files_of, places_of
from approvals.notices.forms import NoticeFilterForm, NoticeForm
from approvals.notices.posting import period_of
from approvals.notices.subjects import NoticeSubject, known, subject_of
from approvals.rules.notices import STATE_LABELS, STATUS_KINDS, state_on
from communities.access import keeper_divisions
from communities.models import Community
from offices import files
from offices.calendar import calendar
from offices.clock import now, today
from offices.models import Division
from offices.viewing import division_in_view
from offices.workspace.common import actor, attempt
from policies.refusal import Refused

PAGE = 50
MOST_CHOICES = 300
CRUMB = {"label": "公示", "url": "/staff/notices/"}


def notice_or_404(request: HttpRequest, uid: UUID) -> Notice:
    """The notice, where the user sees it."""
    rows = Notice.objects.visible_to(actor(request)).select_related("division", "body__division", "copied_from")
    return get_object_or_404(rows.distinct(), uid=uid)


@login_required
@require_safe
def notice_list(request: HttpRequest) -> HttpResponse:
    """Notices of the division in view."""
    form = NoticeFilterForm(request.GET or None)
    if request.GET and not form.is_valid():
        raise BadRequest("filter")
    chosen: dict[str, Any] = form.cleaned_data if request.GET else {}
    day = today()
    rows = queries.notices_in_scope(
        actor(request), today=day, division=division_in_view(request), state=chosen.get("state", ""), text=chosen.get("text", "")
    )  # fmt: skip
    page = Paginator(rows, PAGE).get_page(request.GET.get("page"))
    shown = [(row, state_on(row.state, row.last_day, day)) for row in page.object_list]
    context = {
        "form": form, "page": page, "filtered": any(chosen.values()),
        "rows": [(row, state, STATE_LABELS[state], STATUS_KINDS[state]) for row, state in shown],
        "may_add": bool(keeper_divisions(actor(request))),
    }  # fmt: skip
    return render(request, "staff/notices/list.html", context)


@login_required
def add(request: HttpRequest) -> HttpResponse:
    """First what the notice is about, then its words."""
    subject_type, uid = request.GET.get("type", ""), request.GET.get("uid", "")
    if subject_type == "generic":
        return _form(request, None, None, None)
    handler = subject_of(subject_type)
    subject = handler.find(actor(request), _uuid(uid)) if handler and uid else None
    if handler is None or subject is None:
        if request.method == "POST":
            raise Http404(uid)
        return _choose(request)
    return _form(request, None, handler, subject)


def _uuid(text: str) -> UUID:
    try:
        return UUID(text)
    except ValueError as error:
        raise BadRequest("uid") from error


def _choose(request: HttpRequest) -> HttpResponse:
    division = division_in_view(request)
    groups = [
        (key, handler.label, [(row.uid, handler.title(row)) for row in handler.choices(actor(request), division)])
        for key, handler in known().items()
    ]
    return render(
        request, "staff/notices/choose.html", {"groups": groups, "crumbs": [CRUMB, {"label": "新建公示", "url": ""}]}
    )


def _places(request: HttpRequest, handler: NoticeSubject | None, subject: Any, notice: Notice | None) -> Any:
    """Communities that the form offers: those of the subject, else those in the user's own divisions."""
    if handler is not None and subject is not None:
        ids = [place.pk for place in handler.communities(subject)]
        return Community.objects.filter(pk__in=ids).order_by("pk")
    divisions = Division.objects.none()
    for division in keeper_divisions(actor(request)):
        divisions = divisions | Division.objects.below(division)
    view = division_in_view(request)
    rows = Community.objects.public().filter(division__in=divisions)
    if view is not None and notice is None:
        rows = rows.filter(**{view.column: view.pk})
    kept = Community.objects.filter(uid__in=notice.places if notice else []).values_list("pk", flat=True)
    ids = [*rows.order_by("name_key", "pk").values_list("pk", flat=True)[:MOST_CHOICES], *kept]
    return Community.objects.filter(pk__in=ids).order_by("name_key", "pk")


def _form(request: HttpRequest, notice: Notice | None, handler: NoticeSubject | None, subject: Any) -> HttpResponse:
    """The form of a new draft or of one that stands."""
    places = _places(request, handler, subject, notice)
    initial = _initial(notice, handler, subject, places)
    form = NoticeForm(request.POST or None, request.FILES or None, places=places, notice=notice, initial=initial)
    refused: Refused | None = None
    if request.method == "POST" and form.is_valid():
        made: list[Notice] = []
        refused = attempt(lambda: made.append(_save(request, form, notice, handler, subject)), form)
        if refused is None:
            messages.success(request, "草稿已保存，核对后发布。")
            return redirect("approvals:notice", uid=made[0].uid)
    status = refused.status if refused else 400 if request.method == "POST" else 200
    heading = "修改公示草稿" if notice else "新建方案公示" if handler else "新建其他公示"
    back = reverse("approvals:notice", args=[notice.uid]) if notice else reverse("approvals:notices")
    context = {
        "form": form, "heading": heading, "back": back, "subject": handler.title(subject) if handler and subject else "",
        "rows": handler.content(subject) if handler and subject else [],
        "refused": None if form.errors and refused and refused.errors else refused,
        "crumbs": [CRUMB, {"label": heading, "url": ""}],
    }  # fmt: skip
    return render(request, "staff/notices/form.html", context, status=status)


def _initial(notice: Notice | None, handler: NoticeSubject | None, subject: Any, places: Any) -> dict[str, Any]:
    if notice is not None:
        return {
            "title": notice.title, "text": notice.text, "communities": notice.places, "own_days": notice.own_days,
            "own_counted_in": notice.own_counted_in, "version": notice.version,
        }  # fmt: skip
    if handler is None or subject is None:
        return {}
    return {"title": f"{handler.title(subject)}改造方案公示"[:120], "communities": [place.uid for place in places]}


def _save(
    request: HttpRequest, form: NoticeForm, notice: Notice | None, handler: NoticeSubject | None, subject: Any
) -> Notice:
    data = form.cleaned_data
    values = {key: data[key] for key in ("title", "text", "own_days", "own_counted_in")}
    values["communities"] = list(data["communities"])
    kept = [file for file in (files_of(notice) if notice else []) if str(file.uid) not in data.get("drop", ())]
    if data.get("file"):
        kept.append(
            files.store(upload=data["file"], division=values["communities"][0].division, by=actor(request), at=now())
        )
    values["files"] = kept
    if notice is not None:
        return notices.change_notice(
            by=actor(request), at=now(), notice=notice, values=values, expected_version=data["version"]
        )
    kind = Notice.Kind.SCHEME if handler is not None else Notice.Kind.GENERIC
    return notices.create_notice(
        by=actor(request), at=now(), kind=kind, values=values, subject=subject,
        subject_type=request.GET.get("type", "") if handler else "",
    )  # fmt: skip


@login_required
def edit(request: HttpRequest, uid: UUID) -> HttpResponse:
    """Change a draft."""
    notice = notice_or_404(request, uid)
    if notice.state != Notice.State.DRAFT:
        messages.error(request, "公示发布后不能修改；内容有误的，撤回后重新公示（公示期重新起算）。")
        return redirect("approvals:notice", uid=uid)
    handler = subject_of(notice.subject_type)
    subject = handler.get(notice.subject_uid) if handler and notice.subject_uid else None
    return _form(request, notice, handler, subject)


@login_required
@require_safe
def notice(request: HttpRequest, uid: UUID) -> HttpResponse:
    """A notice."""
    return show(request, notice_or_404(request, uid))


def show(request: HttpRequest, row: Notice, refused: Refused | None = None) -> HttpResponse:
    """Its page, with a refusal at the head where an act was refused."""
    places = places_of(row)
    view = queries.notice_page(row, places=places, today=today())
    handler = subject_of(row.subject_type)
    subject = handler.get(row.subject_uid) if handler and row.subject_uid else None
    context = {
        "view": view, "notice": row, "places": places, "crumbs": [CRUMB, {"label": row.title, "url": ""}], "refused": refused,
        "subject_title": handler.title(subject) if handler and subject else "",
        "subject_link": handler.link(subject) if handler and subject else "",
        "content": row.content, "public_url": reverse("portal:notice", args=[row.uid]),
        "may_act": acting_body(actor(request), places, EITHER) is not None,
        "may_write": acting_body(actor(request), places) is not None,
        "leads": acting_body(actor(request), places, LEADER) is not None,
    }  # fmt: skip
    return render(request, "staff/notices/notice.html", context, status=refused.status if refused else 200)


def _act(request: HttpRequest, row: Notice, done: str, act: Any) -> HttpResponse:
    refused = attempt(act)
    if refused is not None:
        return show(request, notice_or_404(request, row.uid), refused)
    messages.success(request, done)
    return redirect("approvals:notice", uid=row.uid)


def _version(request: HttpRequest) -> int | None:
    text = request.POST.get("version", "")
    return int(text) if text.isascii() and text.isdigit() and len(text) < 10 else None


@login_required
@require_POST
def post(request: HttpRequest, uid: UUID) -> HttpResponse:
    """Post it today."""
    row = notice_or_404(request, uid)
    return _act(
        request, row, "已发布，公示期从明天起算。",
        lambda: notices.post_notice(by=actor(request), at=now(), today=today(), notice=row, expected_version=_version(request)),
    )  # fmt: skip


@login_required
@require_POST
def close(request: HttpRequest, uid: UUID) -> HttpResponse:
    """Close it."""
    row, confirmed = notice_or_404(request, uid), bool(request.POST.get("confirmed"))
    return _act(
        request, row, "公示已结束。",
        lambda: notices.close_notice(
            by=actor(request), at=now(), today=today(), notice=row, expected_version=_version(request), confirmed=confirmed
        ),
    )  # fmt: skip


@login_required
@require_POST
def withdraw(request: HttpRequest, uid: UUID) -> HttpResponse:
    """Take it back."""
    row, reason = notice_or_404(request, uid), request.POST.get("reason", "")
    return _act(
        request, row, "已撤回。", lambda: notices.withdraw_notice(by=actor(request), at=now(), notice=row, reason=reason)
    )  # fmt: skip


@login_required
@require_POST
def copy(request: HttpRequest, uid: UUID) -> HttpResponse:
    """A new draft of a withdrawn or voided notice."""
    row, made = notice_or_404(request, uid), list[Notice]()
    refused = attempt(lambda: made.append(notices.copy_notice(by=actor(request), at=now(), notice=row)))
    if refused is not None:
        return show(request, row, refused)
    messages.success(request, "已复制为新的草稿；发布后公示期重新起算。")
    return redirect("approvals:notice", uid=made[0].uid)


@login_required
@require_safe
def sheet(request: HttpRequest, uid: UUID) -> HttpResponse:
    """The A4 sheet for the board: a blank zone for the seal, the address of the page as a QR code, 草稿 on a draft."""
    row = notice_or_404(request, uid)
    draft = row.state == Notice.State.DRAFT
    address = request.build_absolute_uri(reverse("portal:notice", args=[row.uid]))
    found = period_of(row, posted_on=today(), days=calendar()) if draft else None
    counts = list(row.counts.all())
    context = {
        "notice": row, "places": places_of(row), "draft": draft, "address": address, "content": row.content, "found": found,
        "qr": segno.make(address, error="m").svg_data_uri(scale=4, border=2),
        "citation": queries.count_citation(row, counts[-1] if counts else None),
        "count": counts[-1] if counts else None,
        "crumbs": [CRUMB, {"label": row.title, "url": reverse("approvals:notice", args=[row.uid])}, {"label": "打印", "url": ""}],
    }  # fmt: skip
    return render(request, "staff/notices/sheet.html", context)
