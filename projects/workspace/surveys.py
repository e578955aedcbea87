"""Surveys about a project: what has been asked in its communities, and a new one; satisfaction is always about a project."""

from uuid import UUID

from django.contrib.auth.decorators import login_required
from django.http import Http404, HttpRequest, HttpResponse
from django.views.decorators.http import require_safe

from approvals.surveys.access import running_body
from approvals.surveys.queries import surveys_of
from approvals.workspace.surveys import draw_up
from projects.workspace.common import actor, page, project_crumbs, project_or_404

KINDS = ("satisfaction", "willingness", "plan_consent")


@login_required
@require_safe
def surveys(request: HttpRequest, uid: UUID) -> HttpResponse:
    """Surveys of the project and of its communities, community by community."""
    row = project_or_404(request, uid)
    communities = [part.community for part in row.parts.select_related("community").order_by("pk")]
    held = surveys_of([row.uid, *(community.uid for community in communities)])
    rows = [(community, [s for s in held if s.community_id == community.pk]) for community in communities]
    runs = running_body(actor(request), row) is not None
    crumbs = project_crumbs(row, "居民调查")
    return page(request, "surveys", {"project": row, "rows": rows, "runs": runs, "crumbs": crumbs})


@login_required
def add(request: HttpRequest, uid: UUID, community: UUID) -> HttpResponse:
    """Draw up a survey of one of its communities, about this project."""
    row = project_or_404(request, uid)
    part = row.parts.select_related("community__division").filter(community__uid=community).first()
    if part is None:
        raise Http404("community")
    note = f"调查针对项目“{row.name}”，结果只用于这个项目的关口。"
    return draw_up(request, part.community, kinds=KINDS, subject=row, note=note)
