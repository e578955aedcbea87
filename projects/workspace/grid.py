"""The plan as a grid: the page with its form (for a browser without script), the rows as JSON, and the saving of rows."""

import json
import re
from typing import Any
from uuid import UUID

from django.contrib import messages
from django.contrib.auth.decorators import login_required
from django.core.paginator import Paginator
from django.http import HttpRequest, HttpResponse, JsonResponse
from django.http.response import HttpResponseBase
from django.shortcuts import redirect
from django.utils.cache import get_conditional_response
from django.utils.timezone import localtime
from django.views.decorators.http import require_http_methods

from offices.clock import now, today
from offices.rulebooks import layers_of
from policies.refusal import Invalid, Refused, Stale
from projects.actions.grid import MOST, Outcome, RowEdit, save_rows
from projects.models import AnnualPlan
from projects.plan_columns import COLUMN, COLUMNS, LONGEST
from projects.queries.grid import GridRow, closed_because, column_data, grid_data, grid_rows, mark, sums
from projects.queries.plans import marks_of, quota_of
from projects.workspace.common import actor, attempt, page, plan_crumbs, plan_or_404

PAGE = 50  # rows of the form
BYTES = 2_000_000
ROW = re.compile(r"([0-9a-f-]{36})/([0-9a-f-]{36})")
VERSION = re.compile(r"(\d{1,9})\.(\d{1,9})\.(\d{1,9})", re.ASCII)


@login_required
@require_http_methods(["GET", "HEAD", "POST"])
def rows(request: HttpRequest, uid: UUID) -> HttpResponseBase:
    """GET: rows, sums and share, 304 where nothing changed. POST ``{rows, evidence, reason}``: save them; each row has its own answer.

    The status is 200 where every row was saved, the row's own (400, 403, 409, 412) for one row, 207 for a block with a refused row.
    """
    plan = plan_or_404(request, uid)
    if request.method == "POST":
        return _save(request, plan)
    etag = f'"{mark(plan, actor(request), today())}"'
    unchanged = get_conditional_response(request, etag=etag)
    answer = unchanged or JsonResponse(_data(request, plan))
    answer["ETag"], answer["Cache-Control"] = etag, "private, no-cache"
    return answer


def _save(request: HttpRequest, plan: AnnualPlan) -> JsonResponse:
    at = now()
    try:
        edits, why = _edits(request)
        done = save_rows(by=actor(request), at=at, today=today(), plan=plan, edits=edits, **why)
    except Refused as refused:
        return JsonResponse(_refusal(refused), status=refused.status)
    plan.refresh_from_db()
    of = {outcome.line for outcome in done if outcome.line}
    data = _data(request, plan, of)
    data |= {"results": [_result(outcome) for outcome in done], "saved_at": f"{localtime(at):%H:%M}"}
    refused_rows = [outcome.refused for outcome in done if outcome.refused]
    status = 200 if not refused_rows else refused_rows[0].status if len(done) == 1 else 207
    return JsonResponse(data, status=status)


def _data(request: HttpRequest, plan: AnnualPlan, of: set[UUID] | None = None) -> dict[str, Any]:
    return grid_data(plan, grid_rows(plan, today=today()), user=actor(request), today=today(), of=of)


def _result(outcome: Outcome) -> dict[str, Any]:
    refused = outcome.refused
    return {
        "key": outcome.key, "line": str(outcome.line) if outcome.line else None, "removed": outcome.removed,
        "status": refused.status if refused else 200, "warnings": outcome.warnings, **(_refusal(refused) if refused else {}),
    }  # fmt: skip


def _refusal(refused: Refused) -> dict[str, Any]:
    return {"detail": refused.detail, "code": refused.code, "errors": refused.errors}


def _edits(request: HttpRequest) -> tuple[list[RowEdit], dict[str, str]]:
    """The rows of a request, with the evidence of figures and the reason of delays. Raises Invalid for anything that is not understood."""
    wrong = Invalid("发来的内容无法识别，请刷新页面后再试", errors={"body": [f"应为 JSON，最多 {MOST} 行"]})
    if len(request.body) > BYTES:
        raise wrong
    try:
        body = json.loads(request.body)
    except (ValueError, RecursionError) as error:
        raise wrong from error
    given = body.get("rows") if isinstance(body, dict) else None
    why = {name: body.get(name, "") for name in ("evidence", "reason")} if isinstance(body, dict) else {}
    if not isinstance(given, list) or not all(isinstance(text, str) for text in why.values()):
        raise wrong
    return [_edit(item) for item in given], {name: text.strip() for name, text in why.items()}


def _edit(item: Any) -> RowEdit:
    wrong = Invalid("发来的内容无法识别，请刷新页面后再试", errors={"rows": ["有一行不合格式"]})
    if not isinstance(item, dict):
        raise wrong
    cells, key, position = item.get("cells", {}), item.get("key"), item.get("position")
    texts = isinstance(cells, dict) and all(isinstance(text, str) for text in cells.values()) and len(cells) <= 30
    if not texts or not isinstance(key, str) or len(key) > 100:
        raise wrong
    if position is not None and (type(position) is not int or not 1 <= position <= 100_000):
        raise wrong
    if not item.get("row"):
        return RowEdit(
            key, cells=cells, register=item.get("register") is True, project=_uid(item.get("project"), wrong), position=position
        )  # fmt: skip
    return _known(
        key, str(item["row"]), str(item.get("version")), cells, remove=item.get("remove") is True, wrong=wrong
    )


def _known(key: str, row: str, version: str, cells: dict[str, str], *, remove: bool = False, wrong: Invalid) -> RowEdit:
    found, versions = ROW.fullmatch(row), VERSION.fullmatch(version)
    if found is None or versions is None:
        raise wrong
    line, project, community = (int(number) for number in versions.groups())
    places = _uid(found[1], wrong), _uid(found[2], wrong)
    return RowEdit(key, *places, versions=(line, project, community), cells=cells, remove=remove)


def _uid(text: Any, wrong: Invalid) -> UUID | None:
    if not text:
        return None
    try:
        return UUID(str(text))
    except ValueError as error:
        raise wrong from error


@login_required
@require_http_methods(["GET", "HEAD", "POST"])
def grid(request: HttpRequest, uid: UUID) -> HttpResponse:
    """The grid; without script a form of the same rows, saved by the same action."""
    plan = plan_or_404(request, uid)
    outcomes: dict[str, Outcome] = {}
    refused: Refused | None = None
    if request.method == "POST":
        refused = attempt(lambda: outcomes.update(_send(request, plan)))
        if refused is None and not any(outcome.refused for outcome in outcomes.values()):
            word = f"已保存 {len(outcomes)} 行（{localtime(now()):%H:%M}）。" if outcomes else "没有改动。"
            messages.success(request, word)
            return redirect(request.get_full_path())
        refused = refused or _together(outcomes)
        plan.refresh_from_db()
    user, day = actor(request), today()
    found = grid_rows(plan, today=day)
    columns = column_data(user, plan)
    listed = Paginator(found, PAGE).get_page(request.GET.get("page"))
    context = {
        "plan": plan, "page": listed, "columns": columns, "closed": closed_because(user, plan), "totals": sums(found),
        "rows": [_form_row(request, row, columns, outcomes.get(row.id)) for row in listed.object_list],
        "quota": quota_of(plan, list({row.line.pk: row.line for row in found}.values()), layers_of(plan.division), day),
        "evidence": request.POST.get("evidence", ""), "reason": request.POST.get("reason", ""),
        "crumbs": plan_crumbs(plan, "表格"), "marks": marks_of(plan),
        "data": {**grid_data(plan, found, user=user, today=day), "columns": columns},
    }  # fmt: skip
    return page(request, "grid", context, refused)


def _send(request: HttpRequest, plan: AnnualPlan) -> dict[str, Outcome]:
    """Save the rows of the form in which something was changed; what became of each, by row."""
    wrong = Invalid("表格内容无法识别，请刷新后再试")
    edits = []
    for row in request.POST.getlist("row")[:MOST]:
        cells = _changed(request, row, wrong)
        if cells:
            edits.append(_known(row, row, request.POST.get(f"{row}:version", ""), cells, wrong=wrong))
    if not edits:
        return {}
    why = {name: request.POST.get(name, "").strip() for name in ("evidence", "reason")}
    done = save_rows(by=actor(request), at=now(), today=today(), plan=plan, edits=edits, **why)
    return {outcome.key: outcome for outcome in done}


def _changed(request: HttpRequest, row: str, wrong: Invalid) -> dict[str, str]:
    """Cells that differ from what the form showed."""
    try:
        was = json.loads(request.POST.get(f"{row}:was", "")[: LONGEST * len(COLUMNS)])
    except (ValueError, RecursionError) as error:
        raise wrong from error
    if not isinstance(was, dict):
        raise wrong
    given = {key: request.POST.get(f"{row}:{key}") for key in COLUMN}
    return {key: text for key, text in given.items() if text is not None and text != was.get(key)}


def _together(outcomes: dict[str, Outcome]) -> Refused:
    """What the head of the page says of rows that were not saved; why stands beside their cells."""
    kept = sum(outcome.refused is not None for outcome in outcomes.values())
    stale = any(isinstance(outcome.refused, Stale) for outcome in outcomes.values())
    words = f"{len(outcomes) - kept} 行已保存，{kept} 行没有保存，原因写在单元格旁边。"
    return Stale(words) if stale else Invalid(words)


def _form_row(
    request: HttpRequest, row: GridRow, columns: list[dict[str, Any]], outcome: Outcome | None
) -> dict[str, Any]:
    """A row of the form: what was typed stays where it was not saved, with the other's value beside it where the row is stale."""
    refused = outcome.refused if outcome else None
    cells, now_ = [], row.cells
    for column in columns:
        key = column["key"]
        typed = request.POST.get(f"{row.id}:{key}") if refused else None
        text = now_.get(key, "")
        cells.append(
            {
                "column": column, "name": f"{row.id}:{key}", "text": text if typed is None else typed, "has": key in now_,
                "errors": refused.errors.get(key, []) if refused else [],
                "theirs": text if typed is not None and isinstance(refused, Stale) and typed != text else None,
            }
        )  # fmt: skip
    rest = (
        []
        if refused is None
        else [words for key, found in refused.errors.items() if key not in COLUMN for words in found]
    )
    return {
        "row": row, "cells": cells, "was": json.dumps(now_, ensure_ascii=False), "refused": refused, "others": rest,
        "stale": isinstance(refused, Stale),
    }  # fmt: skip
