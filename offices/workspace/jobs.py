"""Jobs: how far each is, its file, giving it up. Without JavaScript a link loads the page anew."""

from uuid import UUID

from django.contrib.auth.decorators import login_required
from django.core.paginator import Paginator
from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.views.decorators.http import require_POST, require_safe

from offices import jobs
from offices.attempts import attempt, say
from offices.clock import now
from offices.models import Job
from offices.workspace.common import actor

PAGE = 50


def _job_or_404(request: HttpRequest, uid: UUID) -> Job:
    rows = Job.objects.visible_to(actor(request)).select_related("by", "division", "file")
    return get_object_or_404(rows, uid=uid)


@login_required
@require_safe
def job_list(request: HttpRequest) -> HttpResponse:
    """His own and those of his scope, newest first."""
    rows = Job.objects.visible_to(actor(request)).select_related("by", "division", "file")
    page = Paginator(rows, PAGE).get_page(request.GET.get("page"))
    return render(request, "staff/offices/jobs.html", {"page": page, "rows": page.object_list})


@login_required
@require_safe
def job_page(request: HttpRequest, uid: UUID) -> HttpResponse:
    """One job."""
    job = _job_or_404(request, uid)
    context = {
        "job": job,
        "own": job.by_id == actor(request).pk,
        "crumbs": [{"label": "后台任务", "url": "../"}, {"label": job.title, "url": ""}],
    }
    return render(request, "staff/offices/job.html", context)


@login_required
@require_safe
def progress(request: HttpRequest, uid: UUID) -> HttpResponse:
    """How far it is; once it is over the page is loaded anew."""
    job = _job_or_404(request, uid)
    response = render(request, "staff/offices/_job_progress.html", {"job": job})
    if not job.open:
        response["HX-Refresh"] = "true"
    return response


@login_required
@require_POST
def cancel(request: HttpRequest, uid: UUID) -> HttpResponse:
    """He does not need it any more."""
    job = _job_or_404(request, uid)
    refused = attempt(lambda: jobs.cancel(by=actor(request), at=now(), job=job))
    say(request, refused, "已取消。" if job.state == Job.State.QUEUED else "已要求停止，处理完当前一行后停下。")
    return redirect("offices:job", uid=uid)
