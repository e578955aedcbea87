"""The preview of an import: its tabs, its cells mended in place, its columns corrected. All of it works with JavaScript off."""

import re
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
from communities.imports import limits
from communities.imports.error_book import error_book
from communities.imports.kinds import kind_of
from communities.imports.progress import RUNNING, how_far
from communities.models import Import
from communities.queries import imports as queries
from offices import history
from offices.clock import now
from policies.refusal import Invalid, Refused

PAGE = 100
XLSX = "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet"
CELL = re.compile(r"cell-(\d{1,7})-(\d{1,3})")


def found(request: HttpRequest, uid: UUID) -> Import:
    """The import, where the user sees it."""
    return get_object_or_404(queries.import_list(request.user), uid=uid)  # type: ignore[arg-type]


@login_required
@require_safe
def preview(request: HttpRequest, uid: UUID) -> HttpResponse:
    """What the table would do, tab by tab."""
    return show(request, found(request, uid))


def show(request: HttpRequest, source: Import, refused: Refused | None = None) -> HttpResponse:
    """The page of an import, with a refusal where one was given."""
    context = _context(request, source)
    if source.state == Import.State.READ:
        context |= _rows(request, source, context["tab"])
    if refused is not None:
        context["refused"] = refused
    return render(request, "staff/communities/import.html", context, status=refused.status if refused else 200)


def _context(request: HttpRequest, source: Import) -> dict[str, Any]:
    counts, kind = source.counts, kind_of(source.kind)
    tab = request.GET.get("tab") or next(
        (name for name in ("error", "new", "update", "warning") if counts.get(name)), "unchanged"
    )
    url = reverse("communities:import", args=[source.uid])
    return {
        "source": source,
        "kind": kind,
        "tab": tab,
        "tabs": [
            {"label": label, "url": f"{url}?tab={name}", "current": name == tab, "count": counts.get(name, 0)}
            for name, label in queries.TABS.items()
        ],
        "columns": queries.understood(source),
        "choices": [(column.field, column.label) for column in kind.columns],
        "table": queries.head_of(source),
        "same": queries.same_file(source) if source.state == Import.State.READ else None,
        "at_once": sum(counts.get(name, 0) for name in ("new", "update", "unchanged", "error")) <= limits.AT_ONCE_ROWS,
        "may_apply": kind.keeper(request.user, source) is not None,  # type: ignore[arg-type]
        "running": source.state in RUNNING,
        "far": how_far(source) if source.state in RUNNING else {},
        **_made(source.report),
        "crumbs": [{"label": "导入", "url": reverse("communities:imports")}, {"label": source.file.name}],
    }


def _rows(request: HttpRequest, source: Import, tab: str) -> dict[str, Any]:
    page = Paginator(queries.rows_of(source, tab), PAGE).get_page(request.GET.get("page"))
    edit = request.GET.get("edit", "")
    editing = int(edit) if edit.isascii() and edit.isdigit() and len(edit) < 8 else None
    lines = queries.lines(source, page.object_list, editing)
    return {
        "page": page,
        "lines": lines,
        "options": queries.options_of(source),
        "repeated": queries.repeated_of(source) if source.counts.get("error") else [],
        "mendable": any(cell.name for line in lines for cell in line.cells),
    }


def _made(report: dict[str, Any]) -> dict[str, Any]:
    """The plans that an import made, from its report, with areas as exact values; nothing for other kinds."""
    if not report.get("plans"):
        return {}
    rows = [{**entry, "area": Decimal(entry["floor_area"])} for entry in report["plans"]]
    return {"made": rows, "made_area": Decimal(report["floor_area"])}


@login_required
@require_POST
def mend(request: HttpRequest, uid: UUID) -> HttpResponse:
    """Cells mended in place: the whole page of them from a form, or one of them as it is left (htmx), answered with its row."""
    source = found(request, uid)
    try:
        cells = _given(request, source)
        if cells:
            source = handover.mend(source, by=request.user, at=now(), cells=cells)  # type: ignore[arg-type]
    except Refused as error:
        return show(request, found(request, uid), error)
    if request.headers.get("HX-Request") and source.state == Import.State.READ and len({row for row, _ in cells}) == 1:
        row = source.rows.filter(number=next(iter(cells))[0])
        source = found(request, uid)
        context = _context(request, source) | {
            "lines": queries.lines(source, row),
            "options": queries.options_of(source),
            "mended": True,
        }
        return render(request, "staff/communities/_import_mended.html", context)
    messages.success(request, f"已改 {len(cells)} 格并重新核对。" if cells else "没有改动。")
    tab = request.GET.get("tab", "")
    query = f"?tab={tab}" if tab in queries.TABS else ""
    return redirect(reverse("communities:import", args=[uid]) + query)


def _given(request: HttpRequest, source: Import) -> dict[tuple[int, int], str]:
    """(row, column) → text of the cells that the form changes. A masked cell left empty stays as it is."""
    given = {
        (int(name[1]), int(name[2])): value.strip()
        for key, value in request.POST.items()
        if isinstance(value, str) and (name := CELL.fullmatch(key))
    }
    personal = {column.field for column in kind_of(source.kind).columns if column.personal}
    masked = {item["index"] for item in source.columns[1:] if item["field"] in personal}
    raw = dict(source.rows.filter(number__in={row for row, _ in given}).values_list("number", "raw"))

    def stands(row: int, column: int) -> str:
        cells = raw.get(row, [])
        return cells[column] if column < len(cells) else ""

    return {
        (row, column): text
        for (row, column), text in given.items()
        if text != stands(row, column) and (text or column not in masked)
    }


@login_required
@require_POST
def mend_all(request: HttpRequest, uid: UUID) -> HttpResponse:
    """One problem that stands in many rows, mended for all of them."""
    source = found(request, uid)
    column, before, after = (request.POST.get(name, "") for name in ("column", "found", "text"))
    try:
        if not (column.isascii() and column.isdigit()) or len(column) > 3:
            raise Invalid("没有这一列。", errors={"column": ["没有这一列"]})
        if after.strip() == before:
            raise Invalid("内容没有变化。", errors={"text": ["请填写改正后的内容"]})
        handover.mend(source, by=request.user, at=now(), everywhere=[(int(column), before, after.strip())])  # type: ignore[arg-type]
    except Refused as error:
        return show(request, found(request, uid), error)
    messages.success(request, f"“{before[:20]}”已全部改为“{after.strip()[:20]}”，并重新核对。")
    return redirect("communities:import", uid=uid)


@login_required
@require_POST
def read_again(request: HttpRequest, uid: UUID) -> HttpResponse:
    """Read the table (again): from another sheet or header row, or with the columns and units that the clerk has chosen."""
    source = found(request, uid)
    head = queries.head_of(source)
    known = {str(item["index"]) for item in source.columns[1:]}
    options: dict[str, Any] = {}
    sheet, header = request.POST.get("sheet", "")[:60], request.POST.get("header_row", "")
    if sheet and sheet != head["sheet"]:
        options["sheet"] = sheet
    elif header.isascii() and header.isdigit() and len(header) < 8 and int(header) != (head["heading"] or [None])[0]:
        options["header_row"] = int(header)
    else:
        options = {
            name: _chosen(request, prefix, known) for name, prefix in (("mapping", "column-"), ("units", "unit-"))
        }
    try:
        wanted = {name: value for name, value in options.items() if value != {}}
        actions.change_options(by=request.user, at=now(), source=source, options=wanted)  # type: ignore[arg-type]
    except Refused as error:
        return show(request, found(request, uid), error)
    return redirect("communities:import", uid=uid)


def _chosen(request: HttpRequest, prefix: str, known: set[str]) -> dict[str, str]:
    """Column index → what the form says of it."""
    given = {key.removeprefix(prefix): value for key, value in request.POST.items() if key.startswith(prefix)}
    return {key: value for key, value in given.items() if key in known and isinstance(value, str)}


@login_required
@require_safe
def errors(request: HttpRequest, uid: UUID) -> HttpResponse:
    """The table as a workbook with red cells. One with persons in it is given to who brought it, and that is recorded."""
    source = found(request, uid)
    kind = kind_of(source.kind)
    if source.state != Import.State.READ or (kind.personal and source.by_id != request.user.pk):
        refused = Refused(
            "含个人信息的错误表只能由上传人下载。" if kind.personal else "这次导入不在预览中。", code="import_state"
        )
        return show(request, source, refused)
    if kind.personal:
        history.record(by=request.user, at=now(), action="import.errors", subject=source, data={"kind": source.kind})  # type: ignore[arg-type]
    response = HttpResponse(error_book(source), content_type=XLSX)
    response["Content-Disposition"] = f'attachment; filename="{source.kind}-errors.xlsx"'
    return response


@login_required
@require_safe
def progress(request: HttpRequest, uid: UUID) -> HttpResponse:
    """How far the worker is; once it is done the page is loaded anew."""
    source = found(request, uid)
    response = render(request, "staff/communities/_import_progress.html", _context(request, source))
    if source.state not in RUNNING:
        response["HX-Refresh"] = "true"
    return response
