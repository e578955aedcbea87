"""A whole list for people: which data, as which file; the job's page shows how far it is."""

from django.contrib.auth.decorators import login_required
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.urls import path, reverse
from django.views.decorators.http import require_http_methods

from offices.clock import now
from offices.models import Job
from offices.workspace.common import actor, attempt
from renovation.dictionary import label_of
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


urlpatterns = [path("exports/", whole_lists, name="staff_exports")]
