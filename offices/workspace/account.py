"""Signing in and out, the own password, the keys of one's programs."""

from typing import Any
from uuid import UUID

from django.conf import settings
from django.contrib import messages
from django.contrib.auth import update_session_auth_hash
from django.contrib.auth import views as auth
from django.contrib.auth.decorators import login_required
from django.contrib.auth.forms import AuthenticationForm, PasswordChangeForm
from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.views.decorators.cache import never_cache
from django.views.decorators.debug import sensitive_post_parameters
from django.views.decorators.http import require_POST

from offices import actions, keys, single_sign_on
from offices.clock import now
from offices.forms import KeyForm, end_of
from offices.models import ApiKey, User
from offices.signing import arrive
from offices.workspace.common import actor, attempt
from policies.refusal import Refused


class Login(auth.LoginView):
    """Sign in: the password, then the second factor where the account has or needs one (``signing.arrive``).

    Locked by account and by address (django-axes); whoever must change his password does it first.
    """

    template_name = "staff/login.html"
    redirect_authenticated_user = True

    def get_context_data(self, **kwargs: Any) -> dict[str, Any]:
        """With the city's own sign-in where there is one."""
        offered = settings.OIDC["name"] if single_sign_on.offered() else ""
        return super().get_context_data(single_sign_on=offered, **kwargs)

    def form_valid(self, form: AuthenticationForm) -> HttpResponse:
        """The password is right."""
        user = form.get_user()
        assert isinstance(user, User)
        if user.must_change_password:
            messages.warning(self.request, "这是初始密码，请先修改密码；修改之前不能办理业务。")
        return redirect(arrive(self.request, user, at=now(), target=self.get_redirect_url()))


class Logout(auth.LogoutView):
    """Sign out (POST)."""


@sensitive_post_parameters()
@never_cache
@login_required
def password(request: HttpRequest) -> HttpResponse:
    """Change one's own password; every other session of the account ends."""
    user = actor(request)
    form = PasswordChangeForm(user, request.POST or None)
    refused: Refused | None = None
    if request.method == "POST" and form.is_valid():
        secret = form.cleaned_data["new_password1"]
        refused = attempt(lambda: actions.change_password(by=user, at=now(), user=user, password=secret), form)
        if refused is None:
            update_session_auth_hash(request, user)
            messages.success(request, "密码已修改，其他设备上的登录已全部退出。")
            return redirect("staff_home")
    status = 400 if request.method == "POST" else 200
    return render(request, "staff/offices/password.html", {"form": form, "refused": refused}, status=status)


@never_cache
@login_required
def key_list(request: HttpRequest) -> HttpResponse:
    """Keys of one's programs; a new one is shown once, on the answer to its form."""
    user, at = actor(request), now()
    form = KeyForm(request.POST or None)
    refused: Refused | None = None
    made: list[tuple[ApiKey, str]] = []
    if request.method == "POST" and form.is_valid():
        data = form.cleaned_data
        refused = attempt(
            lambda: made.append(
                keys.make_key(
                    by=user, at=at, name=data["name"], scopes=data["scopes"], expires_at=end_of(data["expires_on"], at)
                )
            )
        )
    if refused is not None and "expires_at" in refused.errors:
        form.add_error("expires_on", refused.errors["expires_at"][0])
    rows = ApiKey.objects.filter(user=user).order_by("-created_at")
    live = [(row, row.revoked_at is None and row.expires_at > at) for row in rows]
    context = {
        "form": KeyForm() if made else form,
        "refused": refused,
        "secret": made[0][1] if made else "",
        "rows": live,
    }
    failed = request.method == "POST" and not made
    return render(request, "staff/offices/keys.html", context, status=400 if failed else 200)


@require_POST
@login_required
def revoke(request: HttpRequest, uid: UUID) -> HttpResponse:
    """A key that opens nothing from now on."""
    key = get_object_or_404(ApiKey, uid=uid, user=actor(request))
    keys.revoke_key(by=actor(request), at=now(), key=key)
    messages.success(request, f"密钥“{key.name}”已作废。")
    return redirect("offices:keys")
