"""A whole list for people: which data, as which file, and what its columns mean; the job's page shows how far it is."""

from django.contrib.auth.decorators import login_required
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.urls import path, reverse
from django.views.decorators.http import require_http_methods, require_safe

from offices.clock import now
from offices.models import Job
from offices.workspace.common import actor, attempt
from renovation.dictionary import described, label_of
from renovation.exporting import later, offered

FORMATS = {"xlsx": "XLSX（电子表格）", "csv": "CSV", "jsonl": "JSON 行"}


@login_required
@require_http_methods(["GET", "HEAD", "POST"])
def whole_lists(request: HttpRequest) -> HttpResponse:
    """Choose a list; POST asks for it as a job under Chinese headings."""
    chosen = request.POST.get("resource") or request.GET.get("resource", "")
    form, made, refused = request.POST.get("format", "xlsx"), list[Job](), None
    if request.method == "POST":
        refused = attempt(
            lambda: made.append(
                later(by=actor(request), at=now(), resource=chosen, format=form, query={}, official=True)
            )
        )
        if made:
            return redirect("offices:job", uid=made[0].uid)
    context = {
        "choices": [(name, label_of(name, view)) for name, view in offered().items()],
        "formats": FORMATS, "chosen": chosen, "form": form, "refused": refused,
        "crumbs": [{"label": "后台任务", "url": reverse("offices:jobs")}, {"label": "导出整表", "url": ""}],
    }  # fmt: skip
    return render(request, "staff/exports.html", context, status=refused.status if refused else 200)


@login_required
@require_safe
def dictionary(request: HttpRequest) -> HttpResponse:
    """What the columns of one kind of data are called, hold and mean. Raises Http404 for a kind that there is not."""
    found = {resource.name: resource for resource in described() if resource.name in offered()}
    chosen = found.get(request.GET.get("resource") or next(iter(found)))
    if chosen is None:
        raise Http404("没有这种数据")
    crumbs = [
        {"label": "导出整表", "url": f"{reverse('staff_exports')}?resource={chosen.name}"},
        {"label": "数据字典", "url": ""},
    ]
    context = {"resources": found.values(), "chosen": chosen, "crumbs": crumbs}
    return render(request, "staff/dictionary.html", context)


urlpatterns = [
    path("exports/", whole_lists, name="staff_exports"),
    path("exports/dictionary/", dictionary, name="staff_dictionary"),
]
