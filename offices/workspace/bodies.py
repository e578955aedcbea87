"""Offices and people of a division: for its administrators."""

from uuid import UUID

from django.contrib import messages
from django.contrib.auth.decorators import login_required
from django.db import transaction
from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.urls import reverse
from django.views.decorators.debug import sensitive_post_parameters
from django.views.decorators.http import require_POST

from offices import actions
from offices.clock import now, today
from offices.forms import AppointForm, BodyForm, PersonForm, ResetForm
from offices.models import Body, Membership, User
from offices.succession import may_hand
from offices.viewing import division_in_view
from offices.workspace.common import actor, attempt
from policies.refusal import Invalid, Refused


@login_required
def body_list(request: HttpRequest) -> HttpResponse:
    """Offices of the division in view; its system administrator adds one."""
    user, division = actor(request), division_in_view(request)
    may = division is not None and actions.administers(user, division)
    form = BodyForm(request.POST or None)
    refused: Refused | None = None
    if request.method == "POST" and division is not None and form.is_valid():
        refused = attempt(lambda: actions.create_body(by=user, at=now(), division=division, **form.cleaned_data), form)
        if refused is None:
            messages.success(request, f"已登记“{form.cleaned_data['name']}”。")
            return redirect("offices:bodies")
    rows = Body.objects.visible_to(user).select_related("division").prefetch_related("memberships")
    shown = rows.filter(**{f"division__{division.column}": division.pk}) if division else rows.none()
    listed = [(row, sum(1 for m in row.memberships.all() if m.active)) for row in shown.order_by("division_id", "pk")]
    context = {"rows": listed, "division": division, "form": form, "refused": refused, "may": may}
    return render(request, "staff/offices/bodies.html", context, status=_status(request))


def _status(request: HttpRequest) -> int:
    return 400 if request.method == "POST" else 200


def _body(request: HttpRequest, uid: UUID) -> Body:
    return get_object_or_404(Body.objects.visible_to(actor(request)).select_related("division"), uid=uid)


@sensitive_post_parameters("password")
@login_required
def body_page(request: HttpRequest, uid: UUID) -> HttpResponse:
    """An office with its people: appoint, add, dismiss."""
    body, user = _body(request, uid), actor(request)
    form, person = AppointForm(prefix="appoint"), PersonForm(prefix="person")
    refused: Refused | None = None
    if request.method == "POST" and "person-username" in request.POST:
        person = PersonForm(request.POST, prefix="person")
        refused = attempt(lambda: _add_person(user, body, person), person) if person.is_valid() else None
    elif request.method == "POST":
        form = AppointForm(request.POST, prefix="appoint")
        refused = attempt(lambda: _appoint(user, body, form), form) if form.is_valid() else None
    if request.method == "POST" and refused is None and not form.errors and not person.errors:
        messages.success(request, "已任职，本人须重新登录。")
        return redirect("offices:body", uid=body.uid)
    people = body.memberships.select_related("user__second_factor").order_by("-active", "role", "pk")
    context = {
        "body": body, "people": people, "form": form, "person": person, "refused": refused, "reset": ResetForm(),
        "may": actions.administers(user, body.division), "hands": may_hand(user, body),
        "secures": user.is_superuser or user.has_role("security_admin"),
        "crumbs": [{"label": "机构与人员", "url": reverse("offices:bodies")}, {"label": body.name, "url": ""}],
    }  # fmt: skip
    return render(request, "staff/offices/body.html", context, status=_status(request))


@transaction.atomic
def _add_person(by: User, body: Body, form: PersonForm) -> None:
    data = dict(form.cleaned_data)
    role = data.pop("role")
    made = actions.create_user(by=by, at=now(), **data)
    actions.appoint(by=by, at=now(), today=today(), user=made, body=body, role=role)


def _appoint(by: User, body: Body, form: AppointForm) -> None:
    found = User.objects.filter(username=form.cleaned_data["username"]).first()
    if found is None:
        raise Invalid("没有这个用户", errors={"username": ["没有这个用户名"]})
    actions.appoint(by=by, at=now(), today=today(), user=found, body=body, role=form.cleaned_data["role"])


@require_POST
@login_required
def dismiss(request: HttpRequest, uid: UUID, membership: UUID) -> HttpResponse:
    """End a role."""
    body = _body(request, uid)
    row = get_object_or_404(Membership.objects.select_related("user", "body__division"), uid=membership, body=body)
    refused = attempt(lambda: actions.dismiss(by=actor(request), at=now(), today=today(), membership=row))
    _say(request, refused, f"{row.user}不再任{row.get_role_display()}。")
    return redirect("offices:body", uid=body.uid)


@sensitive_post_parameters("password")
@require_POST
@login_required
def reset(request: HttpRequest, uid: UUID, membership: UUID) -> HttpResponse:
    """A new first password, by the security administrator."""
    body = _body(request, uid)
    row = get_object_or_404(Membership.objects.select_related("user"), uid=membership, body=body)
    form = ResetForm(request.POST)
    refused: Refused | None = Invalid("请填写新的初始密码")
    if form.is_valid():
        secret = form.cleaned_data["password"]
        refused = attempt(lambda: actions.change_password(by=actor(request), at=now(), user=row.user, password=secret))
    _say(request, refused, f"{row.user}的密码已重设，下次登录须修改。")
    return redirect("offices:body", uid=body.uid)


def _say(request: HttpRequest, refused: Refused | None, done: str) -> None:
    if refused is None:
        messages.success(request, done)
    else:
        words = "；".join(reason for reasons in refused.errors.values() for reason in reasons)
        messages.error(request, f"{refused.detail}{'：' if words else ''}{words}")
