"""People of a body: invited by a link that opens once, moved, and what waits for one of them handed to a colleague."""

from typing import Any
from uuid import UUID

from django.conf import settings
from django.contrib import messages
from django.contrib.auth.decorators import login_required
from django.core.exceptions import PermissionDenied
from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.urls import reverse
from django.views.decorators.cache import never_cache
from django.views.decorators.debug import sensitive_post_parameters
from django.views.decorators.http import require_POST

from offices import actions, invitations, succession
from offices.clock import now, today
from offices.forms import HandOverForm, InviteForm, JoinForm, MoveForm
from offices.models import Body, Invitation, Membership
from offices.queries import members
from offices.workspace.common import actor, attempt, say
from policies.refusal import Refused
from rest.throttling import allowed

LISTED = 100


def _body(request: HttpRequest, uid: UUID) -> Body:
    return get_object_or_404(Body.objects.visible_to(actor(request)).select_related("division"), uid=uid)


def _crumbs(body: Body, label: str) -> list[dict[str, str]]:
    bodies, own = reverse("offices:bodies"), reverse("offices:body", args=[body.uid])
    return [{"label": "机构与人员", "url": bodies}, {"label": body.name, "url": own}, {"label": label, "url": ""}]


@never_cache
@login_required
def invite(request: HttpRequest, uid: UUID) -> HttpResponse:
    """Ask somebody to join the body. The link goes out by mail; where none goes out, it is shown on this answer and nowhere else."""
    body, user, at = _body(request, uid), actor(request), now()
    if not actions.administers(user, body.division):
        raise PermissionDenied(f"只有{body.division.name}或其上级的系统管理员可以邀请人员")
    form = InviteForm(request.POST or None)
    refused: Refused | None = None
    sent: list[invitations.Sent] = []
    if request.method == "POST" and form.is_valid():
        data = form.cleaned_data
        refused = attempt(lambda: sent.append(invitations.invite(by=user, at=at, body=body, **data)), form)
    link = mailed = ""
    if sent:
        place = f"{reverse('offices:join')}?key={sent[0].secret}"
        link = f"{settings.SITE_URL}{place}" if settings.SITE_URL else request.build_absolute_uri(place)
        mailed = sent[0].invitation.email if invitations.mail(sent[0].invitation, link) else ""
    context = {
        "body": body, "form": InviteForm() if sent else form, "refused": refused, "crumbs": _crumbs(body, "邀请人员"),
        "sent": sent[0].invitation if sent else None, "link": "" if mailed else link, "mailed": mailed,
        "rows": invitations.live(at).filter(body=body).select_related("by").order_by("-pk")[:LISTED],
    }  # fmt: skip
    failed = request.method == "POST" and not sent
    return render(request, "staff/offices/invite.html", context, status=400 if failed else 200)


@require_POST
@login_required
def withdraw(request: HttpRequest, uid: UUID, invitation: UUID) -> HttpResponse:
    """Take an invitation back."""
    body = _body(request, uid)
    row = get_object_or_404(Invitation.objects.select_related("body__division"), uid=invitation, body=body)
    refused = attempt(lambda: invitations.withdraw(by=actor(request), at=now(), invitation=row))
    say(request, refused, f"给{row.name}的邀请已收回，原链接不能再用。")
    return redirect("offices:body" if refused else "offices:invite", uid=body.uid)


@sensitive_post_parameters()
@never_cache
def join(request: HttpRequest) -> HttpResponse:
    """Accept an invitation: the password of one's own. The secret stands behind the question mark, which no log keeps."""
    secret = request.POST.get("key", "") or request.GET.get("key", "")
    row = invitations.find(secret[:100], at=now())
    if row is None:
        often = not allowed(request, "join", limit="PORTAL_MISSES")
        context: dict[str, Any] = {"dead": "尝试过于频繁，请稍后再试" if often else invitations.DEAD}
        return render(request, "staff/offices/join.html", context, status=429 if often else 404)
    form = JoinForm(request.POST if request.method == "POST" else None)
    refused: Refused | None = None
    if request.method == "POST" and form.is_valid():
        chosen = form.cleaned_data["password"]
        refused = attempt(lambda: invitations.accept(secret=secret, at=now(), today=today(), password=chosen), form)
        if refused is None:
            messages.success(request, f"密码已设置，请用用户名“{row.username}”登录。")
            return redirect("offices:login")
    head = None if refused is not None and form.errors else refused
    context = {"row": row, "form": form, "refused": head, "key": secret}
    return render(request, "staff/offices/join.html", context, status=400 if request.method == "POST" else 200)


def _membership(request: HttpRequest, uid: UUID, membership: UUID) -> Membership:
    """A role of somebody in a body, for whoever may hand over what waits for him."""
    body = _body(request, uid)
    rows = Membership.objects.select_related("user", "body__division")
    row = get_object_or_404(rows, uid=membership, body=body)
    if not succession.may_hand(actor(request), row.body):
        raise PermissionDenied(f"只有{body.division.name}的系统管理员或{body.name}的负责人可以办理")
    return row


@login_required
def member(request: HttpRequest, uid: UUID, membership: UUID) -> HttpResponse:
    """One person in the body: what waits for him, handing it over, leaving, moving."""
    row = _membership(request, uid, membership)
    return _page(request, row)


@require_POST
@login_required
def hand_over(request: HttpRequest, uid: UUID, membership: UUID) -> HttpResponse:
    """Hand over all of it, and leave where asked."""
    row = _membership(request, uid, membership)
    form = HandOverForm(request.POST, colleagues=_colleagues(row))
    refused: Refused | None = None
    done: list[int] = []
    if form.is_valid():
        data = form.cleaned_data
        refused = attempt(
            lambda: done.append(
                succession.hand_over(by=actor(request), at=now(), today=today(), membership=row, **data)
            ),
            form,
        )
    if not done:
        return _page(request, row, form=form, refused=refused)
    left = "，已办理离任" if form.cleaned_data["leave"] else ""
    taker = form.cleaned_data["taker"]
    messages.success(
        request, f"{row.user}名下{done[0]}件已移交给{taker}{left}。" if done[0] else f"没有需要移交的事项{left}。"
    )
    return redirect("offices:body", uid=row.body.uid)


@require_POST
@login_required
def move(request: HttpRequest, uid: UUID, membership: UUID) -> HttpResponse:
    """Another body or role."""
    row, user = _membership(request, uid, membership), actor(request)
    form = MoveForm(request.POST, bodies=_bodies(request))
    refused: Refused | None = None
    if form.is_valid():
        data = form.cleaned_data
        refused = attempt(lambda: actions.move(by=user, at=now(), today=today(), membership=row, **data), form)
        if refused is None:
            messages.success(request, f"{row.user}已调任{data['body']}，本人须重新登录。")
            return redirect("offices:body", uid=data["body"].uid)
    return _page(request, row, moving=form, refused=refused)


def _colleagues(row: Membership) -> list[int]:
    return [each.pk for each in members(row.body) if each.pk != row.user_id]


def _bodies(request: HttpRequest) -> list[int]:
    """Bodies of the places that the user administers (one query)."""
    user = actor(request)
    rows = Body.objects.visible_to(user).filter(active=True).select_related("division")
    return [body.pk for body in rows if actions.administers(user, body.division)]


def _page(
    request: HttpRequest, row: Membership, *, form: HandOverForm | None = None, moving: MoveForm | None = None,
    refused: Refused | None = None,
) -> HttpResponse:  # fmt: skip
    items = succession.waiting(row.user, row.body, today())
    may = actions.administers(actor(request), row.body.division)
    if may and row.active and moving is None:
        moving = MoveForm(bodies=_bodies(request), initial={"body": row.body.uid, "role": row.role})
    bound = form or moving if request.method == "POST" else None
    context = {
        "row": row, "items": items[:LISTED], "count": len(items), "crumbs": _crumbs(row.body, str(row.user)), "may": may,
        "form": form or HandOverForm(colleagues=_colleagues(row)), "moving": moving, "bound": bound,
        "refused": None if refused is not None and bound is not None and bound.errors else refused,
    }  # fmt: skip
    status = (refused.status if refused else 400) if request.method == "POST" else 200
    return render(request, "staff/offices/member.html", context, status=status)
