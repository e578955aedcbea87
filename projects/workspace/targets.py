"""规划期目标: what the document asks of the whole division by the end of its programme, each figure with the communities behind it."""

from typing import Any, get_args

from django.contrib.auth.decorators import login_required
from django.core.exceptions import BadRequest
from django.core.paginator import Paginator
from django.http import Http404, HttpRequest, HttpResponse
from django.views.decorators.http import require_safe

from offices.clock import now, today
from offices.rulebooks import layers_of
from offices.viewing import division_in_view
from projects.queries.pipeline import batches_of
from projects.queries.targets import DivisionTargets, Part, communities_behind, projects_of, targets_of
from projects.rules.stages import STAGE
from projects.workspace.common import actor, page
from rest.remembered import remembered

PAGE = 100
PART_LABELS: dict[Part, str] = {"": "全部", "done": "已完成", "open": "未完成"}
STATUS = {
    "reached": "done",
    "open": "now",
    "late": "due",
    "breached": "late",
    "counted": "none",
    "not_applicable": "none",
}


@login_required
@require_safe
def targets(request: HttpRequest) -> HttpResponse:
    """The targets of the division in view; ``?target=…&part=done|open`` lists the communities behind a figure."""
    division = division_in_view(request)
    if division is None:
        raise Http404("division")
    user, day = actor(request), today()
    key = ("targets", user.pk, user.scope, division.pk, day, layers_of(division).revision)
    found = remembered(key, lambda: targets_of(user, division, today=day))
    rows = [{"target": target, "status": STATUS[target.state]} for target in found.found.targets]
    batches = batches_of(actor(request), division)
    context = {"view": found, "rows": rows, "division": division, "batches": batches, "as_of": now()}
    return page(request, "targets", context | _behind(request, found))


def _behind(request: HttpRequest, found: DivisionTargets) -> dict[str, Any]:
    """The list behind the figure that the address names; nothing where it names none. Raises BadRequest for an unknown one."""
    key, part = request.GET.get("target", ""), request.GET.get("part", "")
    if not key:
        return {}
    target = found.target(key)
    if target is None or part not in PART_LABELS:
        raise BadRequest("target")
    listed = {name: communities_behind(actor(request), found.division, target, name) for name in get_args(Part)}
    shown = Paginator(listed[part], PAGE).get_page(request.GET.get("page"))
    projects = projects_of(list(shown.object_list))
    tabs = [
        {
            "label": label,
            "url": f"?target={key}&part={name}#behind-title",
            "current": name == part,
            "count": listed[name].count(),
        }
        for name, label in PART_LABELS.items()
    ]
    behind = [
        {
            "community": row,
            "projects": [
                {"project": project, "stage": STAGE[project.stage].label} for project in projects.get(row.pk, [])
            ],
        }
        for row in shown.object_list
    ]
    return {"chosen": target, "tabs": tabs, "behind": behind, "page": shown}
