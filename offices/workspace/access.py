"""How one signs in: the second factor, where one is signed in, what a division asks of its staff."""

from typing import Any
from uuid import UUID

from django.conf import settings
from django.contrib import messages
from django.contrib.auth import update_session_auth_hash
from django.contrib.auth.decorators import login_required
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.urls import reverse
from django.utils.safestring import mark_safe
from django.views.decorators.cache import never_cache
from django.views.decorators.debug import sensitive_post_parameters
from django.views.decorators.http import require_POST, require_safe

from offices import actions, factors, signing, single_sign_on
from offices.clock import now
from offices.forms import CodeForm, ReasonForm
from offices.models import Body, Division, FactorRule, Membership, User
from offices.workspace.common import actor, attempt, say
from policies.refusal import Refused

SHOWN = 30
TARGET = "single_sign_on_target"


@sensitive_post_parameters()
@never_cache
def second_factor(request: HttpRequest) -> HttpResponse:
    """The code, after the right password. Without one there is no session."""
    at = now()
    waiting = signing.pending(request, at)
    if waiting is None:
        return redirect("offices:login")
    form, refused = CodeForm(request.POST or None), None
    if request.method == "POST" and form.is_valid():
        code = form.cleaned_data["code"]
        refused = attempt(lambda: factors.check(user=waiting.user, at=at, code=code), form)
        if refused is None:
            return redirect(signing.sign_in(request, waiting.user, at=at, target=waiting.target))
    return _page(request, "staff/offices/second_factor.html", {"form": form}, refused)


@sensitive_post_parameters()
@never_cache
def enrol(request: HttpRequest) -> HttpResponse:
    """The QR code and the first code of it; then the recovery codes, once. By who is signed in, or on his way in."""
    at = now()
    waiting = None if request.user.is_authenticated else signing.pending(request, at)
    if not request.user.is_authenticated and (waiting is None or factors.factor_of(waiting.user)):
        return redirect("offices:login")
    user: User = waiting.user if waiting else actor(request)
    if factors.factor_of(user):
        return redirect("offices:account")
    form, refused, codes = CodeForm(request.POST or None), None, list[str]()
    factor = factors.begin(user=user, at=at)
    if request.method == "POST" and form.is_valid():
        code = form.cleaned_data["code"]
        refused = attempt(lambda: codes.extend(factors.confirm(user=user, at=at, code=code)), form)
    if codes:
        target = signing.sign_in(request, user, at=at, target=waiting.target) if waiting else reverse("offices:account")
        return render(
            request, "staff/offices/recovery_codes.html", {"codes": codes, "target": target, "alone": bool(waiting)}
        )
    drawn = mark_safe(factors.picture_of(factor))  # noqa: S308 - drawn by segno from a secret of letters and digits and the user name
    secret = " ".join(factor.secret[i : i + 4] for i in range(0, len(factor.secret), 4))
    context = {"form": form, "picture": drawn, "secret": secret, "why": factors.needs(user), "alone": bool(waiting)}
    return _page(request, "staff/offices/enrol.html", context, refused)


def _page(request: HttpRequest, template: str, context: dict[str, Any], refused: Refused | None) -> HttpResponse:
    shown = None if refused is not None and context["form"].errors else refused
    status = (refused.status if refused else 400) if request.method == "POST" else 200
    return render(request, template, {**context, "refused": shown}, status=status)


@never_cache
@require_safe
def go_to_provider(request: HttpRequest) -> HttpResponse:
    """To the city's identity provider, with state, nonce and PKCE kept in the session."""
    if not single_sign_on.offered():
        raise Http404
    request.session[TARGET] = request.GET.get("next", "")[:500]
    back = reverse("offices:single_sign_on_back")
    address = f"{settings.SITE_URL}{back}" if settings.SITE_URL else request.build_absolute_uri(back)
    try:
        answer: HttpResponse = single_sign_on.client().authorize_redirect(request, address)
    except Refused as refused:
        return _not_signed_in(request, refused)
    return answer


@never_cache
@require_safe
def back_from_provider(request: HttpRequest) -> HttpResponse:
    """Who came back: signed in as the account that is meant, or told why not."""
    if not single_sign_on.offered():
        raise Http404
    at, target = now(), request.session.pop(TARGET, "")
    try:
        claims = single_sign_on.claims_of(request)
        user = single_sign_on.person_of(claims, at=at)
    except Refused as refused:
        return _not_signed_in(request, refused)
    return redirect(signing.arrive(request, user, at=at, target=target, proven=single_sign_on.proven(claims)))


def _not_signed_in(request: HttpRequest, refused: Refused) -> HttpResponse:
    context = {"refused": refused, "name": settings.OIDC["name"]}
    return render(request, "staff/offices/not_signed_in.html", context, status=refused.status)


@never_cache
@login_required
def account(request: HttpRequest) -> HttpResponse:
    """What keeps one's account safe."""
    return _account(request)


def _account(request: HttpRequest, form: CodeForm | None = None, refused: Refused | None = None) -> HttpResponse:
    user, at = actor(request), now()
    factor = factors.factor_of(user)
    secured = [row.body.division for row in user.active_memberships if row.role == Membership.Role.SECURITY_ADMIN]
    asked = set(FactorRule.objects.filter(division__in=secured).values_list("division", flat=True))
    context = {
        "factor": factor, "left": factors.codes_left(factor) if factor else 0, "why": factors.needs(user),
        "form": form or CodeForm(), "rows": signing.signed_in(user, at)[:SHOWN], "here": request.session.session_key,
        "secured": [(division, division.pk in asked) for division in dict.fromkeys(secured)],
        "refused": None if refused is not None and form is not None and form.errors else refused,
    }  # fmt: skip
    status = (refused.status if refused else 400) if request.method == "POST" else 200
    return render(request, "staff/offices/account.html", context, status=status)


@sensitive_post_parameters()
@never_cache
@require_POST
@login_required
def recovery_codes(request: HttpRequest) -> HttpResponse:
    """Ten new ones, after a code."""
    user, at = actor(request), now()
    form, codes = CodeForm(request.POST), list[str]()

    def renew() -> None:
        factors.check(user=user, at=at, code=form.cleaned_data["code"])
        codes.extend(factors.renew_codes(user=user, at=at))

    refused = attempt(renew, form) if form.is_valid() else None
    if codes:
        return render(
            request, "staff/offices/recovery_codes.html", {"codes": codes, "target": reverse("offices:account")}
        )
    return _account(request, form, refused)


@sensitive_post_parameters()
@require_POST
@login_required
def factor_off(request: HttpRequest) -> HttpResponse:
    """No second factor any more, after a code."""
    user, at = actor(request), now()
    form = CodeForm(request.POST)

    def leave() -> None:
        factors.check(user=user, at=at, code=form.cleaned_data["code"])
        factors.switch_off(user=user, at=at)

    if not form.is_valid() or (refused := attempt(leave, form)) is not None:
        return _account(request, form, refused if form.is_valid() else None)
    messages.success(request, "动态口令已停用，恢复码随之作废。")
    return redirect("offices:account")


@require_POST
@login_required
def sign_out_all(request: HttpRequest) -> HttpResponse:
    """End every session but this one."""
    user = actor(request)
    actions.sign_out_all(by=user, at=now())
    update_session_auth_hash(request, user)
    messages.success(request, "其他设备上的登录已全部退出。")
    return redirect("offices:account")


@require_POST
@login_required
def require_factor(request: HttpRequest, uid: UUID) -> HttpResponse:
    """Ask all staff of a division for a second factor, or stop asking."""
    division = get_object_or_404(Division.objects.visible_to(actor(request)), uid=uid)
    wanted = request.POST.get("wanted") == "1"
    refused = attempt(lambda: factors.require(by=actor(request), at=now(), division=division, wanted=wanted))
    say(request, refused, f"{division.name}{'现在要求' if wanted else '不再要求'}全体工作人员使用动态口令。")
    return redirect("offices:account")


@require_POST
@login_required
def reset_factor(request: HttpRequest, uid: UUID, membership: UUID) -> HttpResponse:
    """The telephone is lost: by the system administrator, with a reason."""
    body = get_object_or_404(Body.objects.visible_to(actor(request)), uid=uid)
    row = get_object_or_404(Membership.objects.select_related("user"), uid=membership, body=body)
    form, refused = ReasonForm(request.POST), None
    if form.is_valid():
        reason = form.cleaned_data["reason"]
        refused = attempt(lambda: factors.reset(by=actor(request), at=now(), user=row.user, reason=reason))
        say(request, refused, f"{row.user}的动态口令已重设，下次登录须重新启用。")
    else:
        messages.error(request, "没有重设：请写明理由。")
    return redirect("offices:body", uid=body.uid)
