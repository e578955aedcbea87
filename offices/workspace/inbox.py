"""Messages and files."""

from collections.abc import Iterable
from dataclasses import dataclass
from itertools import groupby
from uuid import UUID

from django.contrib.auth.decorators import login_required
from django.core.paginator import Paginator
from django.http import HttpRequest, HttpResponse, HttpResponseBase
from django.shortcuts import get_object_or_404, redirect, render
from django.utils.http import url_has_allowed_host_and_scheme
from django.views.decorators.http import require_POST, require_safe

from offices import files, messages
from offices.clock import day_of, now
from offices.models import Message, StoredFile
from offices.workspace.common import actor

PAGE = 100
FEW = 2  # so many messages of one kind stand one by one; more are one entry that opens


@require_safe
@login_required
def inbox(request: HttpRequest) -> HttpResponse:
    """Messages, newest first."""
    rows = messages.inbox(actor(request))
    unread_only = request.GET.get("unread") == "1"
    page = Paginator(rows.filter(read_at__isnull=True) if unread_only else rows, PAGE).get_page(request.GET.get("page"))
    context = {
        "page": page,
        "groups": grouped(page),
        "unread_only": unread_only,
        "unread": messages.unread(actor(request)),
    }
    return render(request, "staff/offices/messages.html", context)


@dataclass
class Group:
    """Neighbouring messages that say the same of several subjects: the reminders of one sweep. ``word``: 已逾期, 剩余30天…"""

    messages: list[Message]

    @property
    def many(self) -> bool:
        """Whether they are shown as one entry."""
        return len(self.messages) > FEW

    @property
    def word(self) -> str:
        """What their titles begin with."""
        return self.messages[0].title.partition("：")[0]

    @property
    def unread(self) -> int:
        """How many of them are unread."""
        return sum(message.read_at is None for message in self.messages)


def grouped(messages: Iterable[Message]) -> list[Group]:
    """Messages in their order, neighbours with the same text, the same first word and the same day taken together."""

    def key(message: Message) -> tuple[object, ...]:
        if not message.event.startswith("duty:"):
            return (message.pk,)
        return message.title.partition("：")[0], message.text, day_of(message.created_at)

    return [Group(list(rows)) for _, rows in groupby(messages, key)]


@require_POST
@login_required
def open_message(request: HttpRequest, uid: UUID) -> HttpResponse:
    """Read a message and go where it points."""
    message = get_object_or_404(messages.inbox(actor(request)), uid=uid)
    messages.mark_read(user=actor(request), at=now(), uid=uid)
    local = message.link.startswith("/") and url_has_allowed_host_and_scheme(message.link, allowed_hosts=None)
    return redirect(message.link) if local else redirect("offices:messages")


@require_POST
@login_required
def read_all(request: HttpRequest) -> HttpResponse:
    """Everything read."""
    messages.mark_read(user=actor(request), at=now())
    return redirect("offices:messages")


@require_safe
@login_required
def stored_file(request: HttpRequest, uid: UUID) -> HttpResponseBase:
    """A stored file of the user's scope: always a download, never shown by the browser."""
    row = get_object_or_404(StoredFile.objects.visible_to(actor(request)), uid=uid)
    return files.download(row)
