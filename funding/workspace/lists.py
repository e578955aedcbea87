"""What an apportionment gives out: the collection list as a workbook, the sheet for the stairwell, the owners' slips."""

from collections.abc import Iterator
from typing import IO, Any
from uuid import UUID

from django.contrib.auth.decorators import login_required
from django.http import FileResponse, HttpRequest, HttpResponseBase
from django.views.decorators.http import require_POST, require_safe

from funding import home_papers as papers
from funding.collecting import dues, lines
from funding.workspace.homes import row_or_404, show
from offices.clock import now, today
from offices.workspace.common import actor
from policies.refusal import Refused
from rest.exports import as_xlsx

COLUMNS = ["房屋", "面积（㎡）", "系数", "应缴（元）", "实收（元）", "未缴（元）", "状态", "收据号", "公式"]


@login_required
@require_safe
def table(request: HttpRequest, uid: UUID) -> HttpResponseBase:
    """The collection list, home by home, without names."""
    row, _ = row_or_404(request, uid)

    def rows() -> Iterator[dict[str, Any]]:
        for line in lines(dues(row), today()):
            due = line.due
            vouchers = "、".join(r.voucher for r in due.receipts.all() if r.checked_by_id and not r.taken_back)
            values = (
                due.label, "" if due.area is None else f"{due.area:.2f}", str(due.weight) if row.way == "table" else "",
                f"{due.amount:.2f}", f"{line.paid:.2f}", f"{line.left:.2f}", line.words, vouchers, line.formula,
            )  # fmt: skip
            yield dict(zip(COLUMNS, values, strict=True))

    return as_xlsx(rows(), COLUMNS, f"收缴清单-{row.title}")


def _pdf(file: IO[bytes], name: str) -> HttpResponseBase:
    answer = FileResponse(file, as_attachment=True, filename=f"{name}.pdf", content_type="application/pdf")
    answer["Cache-Control"] = "no-store"
    return answer


@login_required
@require_POST
def sheet(request: HttpRequest, uid: UUID) -> HttpResponseBase:
    """For the stairwell."""
    row, project = row_or_404(request, uid)
    try:
        file = papers.stairwell_sheet(by=actor(request), at=now(), row=row, basis=request.POST.get("basis", ""))
    except Refused as refused:
        return show(request, row, project, refused)
    return _pdf(file, f"分摊公示单-{row.title}")


@login_required
@require_POST
def slips(request: HttpRequest, uid: UUID) -> HttpResponseBase:
    """For the owners."""
    row, project = row_or_404(request, uid)
    try:
        file = papers.owners_slips(by=actor(request), at=now(), row=row, text=request.POST.get("q", ""))
    except Refused as refused:
        return show(request, row, project, refused)
    return _pdf(file, f"缴款通知-{row.title}")
