"""Imports: bring a table, look at what it would do, confirm, read the report. All of it works with JavaScript off."""

from typing import Any
from uuid import UUID

from django.contrib import messages
from django.contrib.auth.decorators import login_required
from django.core.paginator import Paginator
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.views.decorators.http import require_POST, require_safe

from communities import actions, handover
from communities.forms import ImportForm
from communities.imports.kinds import kind_of
from communities.imports.template import template
from communities.models import Community, Import
from communities.queries import imports as queries
from communities.workspace.frame import importable_divisions, importable_kinds, show_refusal, status_of
from communities.workspace.import_preview import found, show
from offices.clock import now
from offices.viewing import division_in_view
from policies.refusal import Invalid, Refused

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
        kinds=importable_kinds(request.user),  # type: ignore[arg-type]
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


@login_required
@require_POST
def apply(request: HttpRequest, uid: UUID) -> HttpResponse:
    """Confirm."""
    source = found(request, uid)
    try:
        done = handover.apply(source, by=request.user, at=now())  # type: ignore[arg-type]
    except Refused as error:
        return show(request, found(request, uid), error)
    messages.success(request, "已导入。" if done.state == Import.State.APPLIED else "已开始写入。")
    return redirect("communities:import", uid=uid)


@login_required
@require_POST
def cancel(request: HttpRequest, uid: UUID) -> HttpResponse:
    """Give up."""
    try:
        actions.cancel_import(by=request.user, at=now(), source=found(request, uid))  # type: ignore[arg-type]
    except Refused as error:
        return show(request, found(request, uid), error)
    messages.success(request, "已取消，没有写入任何内容。")
    return redirect("communities:imports")


@login_required
@require_POST
def stop(request: HttpRequest, uid: UUID) -> HttpResponse:
    """Ask the worker to stop writing."""
    source = found(request, uid)
    try:
        actions.stop_import(by=request.user, source=source)  # type: ignore[arg-type]
    except Refused as error:
        return show(request, found(request, uid), error)
    messages.success(request, "已通知后台停止；停止后没有写入任何内容。")
    return redirect("communities:import", uid=uid)


@login_required
@require_POST
def undo(request: HttpRequest, uid: UUID) -> HttpResponse:
    """Take the whole import back."""
    source = found(request, uid)
    try:
        done = handover.undo(source, by=request.user, at=now())  # type: ignore[arg-type]
    except Refused as error:
        return show(request, found(request, uid), error)
    messages.success(request, "已撤销整次导入。" if done.state == Import.State.UNDONE else "已开始撤销。")
    return redirect("communities:import", uid=uid)
