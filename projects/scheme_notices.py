"""What a notice of a project says of its scheme, and what becomes of it when a new version is fixed."""

import datetime as dt
from decimal import Decimal

from approvals.notices import void_for
from funding.rules.shares import SOURCE_LABELS
from offices.models import User
from policies.words import yuan_words
from projects.models import Project, Scheme, SchemeVersion
from projects.rules.scheme import sums_by_payer
from projects.rules.scheme_difference import quantity_words
from projects.schemes import version_value


def scheme_rows(project: Project) -> list[tuple[str, str]]:
    """The latest fixed version, line by line, with its budget and who carries it (内容、预算、资金筹措); nothing before there is one."""
    scheme = Scheme.objects.filter(project=project, current__isnull=False).select_related("current").first()
    if scheme is None or scheme.current is None:
        return []
    value = version_value(scheme.current.content)
    rows = [("改造方案", f"第{value.number}版")]
    for item in value.items:
        amount = f"{quantity_words(item.quantity, item.unit)}，{_yuan(item.amount)} 元"
        rows.append((f"{item.where}：{item.name}", amount))
    rows.append(("方案预算", f"{_yuan(value.total)} 元"))
    funding = [f"{SOURCE_LABELS[kind]} {_yuan(part)} 元" for kind, part in sums_by_payer(value.items).items()]
    rows.append(("资金筹措", "；".join(funding)))
    return rows


def _yuan(amount: int) -> str:
    return yuan_words(Decimal(amount).scaleb(-2))


def scheme_changed(*, scheme: Scheme, version: SchemeVersion, by: User, at: dt.datetime) -> None:
    """A new version is fixed: what was posted of an earlier one is void."""
    if version.number > 1:
        void_for(
            subject=scheme.project, by=by, at=at, reason=f"改造方案已改为第{version.number}版，原公示作废，须重新公示"
        )
