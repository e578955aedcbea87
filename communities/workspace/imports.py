"""Imports: bring a table, look at what it would do, confirm, read the report. All of it works with JavaScript off."""

from decimal import Decimal
from typing import Any
from uuid import UUID

from django.contrib import messages
from django.contrib.auth.decorators import login_required
from django.core.paginator import Paginator
from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.urls import reverse
from django.views.decorators.http import require_POST, require_safe

from communities import actions, handover
from communities.forms import ImportForm
from communities.imports.kinds import kind_of
from communities.imports.template import template
from communities.models import Community, Import
from communities.queries import imports as queries
from communities.workspace.frame import importable_divisions, show_refusal, status_of
from offices.clock import now
from offices.viewing import division_in_view
from policies.refusal import Invalid, Refused

PAGE = 100
XLSX = "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet"


@login_required
def imports(request: HttpRequest) -> HttpResponse:
    """Bring a table, and the imports so far."""
    divisions = importable_divisions(request.user)  # type: ignore[arg-type]
    initial = {"kind": request.GET.get("kind", "communities"), "community": request.GET.get("community", "")}
    target = _target(request)
    view = target.division if target else division_in_view(request)
    form = ImportForm(
        request.POST or None,
        request.FILES or None,
        divisions=divisions,
        initial=initial | {"division": view and view.uid},
    )
    context: dict[str, Any] = {}
    if request.method == "POST" and form.is_valid():
        try:
            source = _upload(request, form)
        except Refused as error:
            context = show_refusal(form, error)
        else:
            return redirect("communities:import", uid=source.uid)
    page = Paginator(queries.import_list(request.user), 30).get_page(request.GET.get("page"))  # type: ignore[arg-type]
    context |= {"form": form, "page": page, "target": target, "may_import": divisions.exists()}
    context["chosen"] = dict(form.fields["kind"].choices).get(request.GET.get("kind", ""))  # type: ignore[attr-defined]
    return render(request, "staff/communities/imports.html", context, status=status_of(request, context))


def _target(request: HttpRequest) -> Community | None:
    text = request.POST.get("community") or request.GET.get("community") or ""
    try:
        uid = UUID(text)
    except ValueError:
        return None
    return Community.objects.visible_to(request.user).filter(uid=uid).select_related("division").first()  # type: ignore[arg-type]


def _upload(request: HttpRequest, form: ImportForm) -> Import:
    given = form.cleaned_data
    options = {"evidence": given["evidence"]} if given["evidence"] else {}
    if given["community"]:
        options["community"] = str(given["community"])
    source = actions.upload_import(
        by=request.user, at=now(), kind=given["kind"], division=given["division"], options=options,  # type: ignore[arg-type]
        upload=given["file"] or actions.pasted(given["text"]),
    )  # fmt: skip
    return handover.read(source, now())


@login_required
@require_safe
def download_template(request: HttpRequest, kind: str) -> HttpResponse:
    """The table to fill in."""
    try:
        found = kind_of(kind)
    except Invalid:
        return HttpResponse("没有这一类模板。", status=404, content_type="text/plain; charset=utf-8")
    response = HttpResponse(template(found), content_type=XLSX)
    response["Content-Disposition"] = f'attachment; filename="{found.name}-template.xlsx"'
    return response


def _found(request: HttpRequest, uid: UUID) -> Import:
    return get_object_or_404(queries.import_list(request.user), uid=uid)  # type: ignore[arg-type]


@login_required
@require_safe
def preview(request: HttpRequest, uid: UUID) -> HttpResponse:
    """What the table would do, tab by tab."""
    return _preview(request, _found(request, uid))


def _preview(request: HttpRequest, source: Import, refused: Refused | None = None) -> HttpResponse:
    tab = request.GET.get("tab") or next(
        (name for name in ("error", "new", "update", "warning") if source.counts.get(name)), "unchanged"
    )
    page = Paginator(queries.rows_of(source, tab), PAGE).get_page(request.GET.get("page"))
    url = reverse("communities:import", args=[source.uid])
    kind = kind_of(source.kind)
    context: dict[str, Any] = {
        "source": source,
        "kind": kind,
        "tab": tab,
        "tabs": [
            {"label": label, "url": f"{url}?tab={name}", "current": name == tab, "count": source.counts.get(name, 0)}
            for name, label in queries.TABS.items()
        ],
        "page": page,
        "lines": queries.lines(source, page.object_list) if source.state == Import.State.READ else [],
        "columns": queries.understood(source),
        "choices": [(column.field, column.label) for column in kind.columns],
        "notes": queries.notes_of(source),
        "writes": source.counts.get("new", 0) + source.counts.get("update", 0),
        "may_apply": kind.keeper(request.user, source) is not None,  # type: ignore[arg-type]
        **_made(source.report),
        "crumbs": [{"label": "导入", "url": reverse("communities:imports")}, {"label": source.file.name}],
    }
    if refused is not None:
        context["refused"] = refused
    return render(request, "staff/communities/import.html", context, status=refused.status if refused else 200)


def _made(report: dict[str, Any]) -> dict[str, Any]:
    """The plans that an import made, from its report, with areas as exact values; nothing for other kinds."""
    if not report.get("plans"):
        return {}
    rows = [{**entry, "area": Decimal(entry["floor_area"])} for entry in report["plans"]]
    return {"made": rows, "made_area": Decimal(report["floor_area"])}


@login_required
@require_POST
def apply(request: HttpRequest, uid: UUID) -> HttpResponse:
    """Confirm."""
    source = _found(request, uid)
    try:
        done = handover.apply(source, by=request.user, at=now())  # type: ignore[arg-type]
    except Refused as error:
        return _preview(request, _found(request, uid), error)
    messages.success(request, "已导入。" if done.state == Import.State.APPLIED else "已开始写入。")
    return redirect("communities:import", uid=uid)


@login_required
@require_POST
def cancel(request: HttpRequest, uid: UUID) -> HttpResponse:
    """Give up."""
    try:
        actions.cancel_import(by=request.user, at=now(), source=_found(request, uid))  # type: ignore[arg-type]
    except Refused as error:
        return _preview(request, _found(request, uid), error)
    messages.success(request, "已取消，没有写入任何内容。")
    return redirect("communities:imports")


@login_required
@require_POST
def read_again(request: HttpRequest, uid: UUID) -> HttpResponse:
    """Read the table (again), with the columns or the sheet that the clerk has chosen."""
    source = _found(request, uid)
    known = {str(item["index"]) for item in source.columns[1:]} or {str(number) for number in range(100)}
    mapping = {key[7:]: value for key, value in request.POST.items() if key.startswith("column-") and key[7:] in known}
    options: dict[str, Any] = {"mapping": mapping} if mapping else {}
    if request.POST.get("sheet"):
        options["sheet"] = request.POST["sheet"][:60]
    try:
        actions.change_options(by=request.user, at=now(), source=source, options=options)  # type: ignore[arg-type]
    except Refused as error:
        return _preview(request, _found(request, uid), error)
    return redirect("communities:import", uid=uid)
