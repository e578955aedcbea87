"""Webhooks of one's programs: made, changed, tried out; the log of what was sent, and sending again."""

from typing import Any
from uuid import UUID

from django.contrib import messages
from django.contrib.auth.decorators import login_required
from django.core.paginator import Paginator
from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_POST

from offices.clock import now
from offices.feed import webhooks
from offices.forms import WebhookForm
from offices.models import Delivery, Webhook
from offices.workspace.common import actor, attempt
from policies.refusal import Refused

PAGE = 50


@never_cache
@login_required
def webhook_list(request: HttpRequest) -> HttpResponse:
    """One's webhooks and the form of a new one, whose secret is shown on the answer to it."""
    user = actor(request)
    form = WebhookForm(request.POST or None)
    refused: Refused | None = None
    made: list[tuple[Webhook, str]] = []
    if request.method == "POST" and form.is_valid():
        data = form.cleaned_data
        refused = attempt(lambda: made.append(webhooks.make_webhook(by=user, at=now(), **data)), form)
    failed = request.method == "POST" and not made
    context = {
        "rows": Webhook.objects.visible_to(user).order_by("name"), "form": WebhookForm() if made else form, "refused": refused,
        "secret": made[0][1] if made else "", "topics": webhooks.topics_known(),
    }  # fmt: skip
    return render(request, "staff/offices/webhooks.html", context, status=400 if failed else 200)


@never_cache
@login_required
def webhook_page(request: HttpRequest, uid: UUID) -> HttpResponse:
    """One webhook: change it, and its log."""
    row = _own(request, uid)
    values = {"name": row.name, "url": row.url, "topics": "\n".join(row.topics)}
    form = WebhookForm(request.POST or None, initial=values)
    refused: Refused | None = None
    if request.method == "POST" and form.is_valid():
        data = form.cleaned_data
        refused = attempt(
            lambda: webhooks.change_webhook(by=actor(request), at=now(), webhook=_own(request, uid), **data), form
        )
        if refused is None:
            messages.success(request, "已保存。")
            return redirect("offices:webhook", uid)
    return _page(request, row, form, refused, status=400 if request.method == "POST" else 200)


def _page(
    request: HttpRequest, row: Webhook, form: WebhookForm, refused: Refused | None, *, secret: str = "", status: int = 200
) -> HttpResponse:  # fmt: skip
    state = request.GET.get("state", "")
    log = row.deliveries.all()
    if state in Delivery.State.values:
        log = log.filter(state=state)
    context: dict[str, Any] = {
        "webhook": row, "form": form, "refused": refused, "secret": secret, "topics": webhooks.topics_known(),
        "page": Paginator(log, PAGE).get_page(request.GET.get("page")), "state": state, "states": Delivery.State.choices,
    }  # fmt: skip
    return render(request, "staff/offices/webhook.html", context, status=status)


@require_POST
@login_required
def webhook_act(request: HttpRequest, uid: UUID, what: str) -> HttpResponse:
    """``try``, ``rotate``, ``stop``, ``go`` or ``remove``."""
    row, user, at = _own(request, uid), actor(request), now()
    if what == "rotate":
        secret = webhooks.rotate_secret(by=user, at=at, webhook=row)
        values = {"name": row.name, "url": row.url, "topics": "\n".join(row.topics)}
        return _page(request, row, WebhookForm(initial=values), None, secret=secret)
    if what == "remove":
        webhooks.remove_webhook(by=user, at=at, webhook=row)
        messages.success(request, f"推送“{row.name}”已删除。")
        return redirect("offices:webhooks")
    if what == "try":
        webhooks.send_trial(at=at, webhook=row)
        messages.success(request, "试发消息已排队，片刻后在下面的记录中查看结果。")
    else:
        webhooks.change_webhook(by=user, at=at, webhook=row, active=what == "go")
        messages.success(request, "已启用，从停下的地方继续。" if what == "go" else "已停用。")
    return redirect("offices:webhook", uid)


@require_POST
@login_required
def send_again(request: HttpRequest, uid: UUID, delivery: UUID) -> HttpResponse:
    """One message of the log once more."""
    found = get_object_or_404(Delivery, uid=delivery, webhook=_own(request, uid))
    webhooks.send_again(at=now(), delivery=found)
    messages.success(request, "已排队重发。")
    return redirect("offices:webhook", uid)


def _own(request: HttpRequest, uid: UUID) -> Webhook:
    return get_object_or_404(Webhook.objects.visible_to(actor(request)), uid=uid)
