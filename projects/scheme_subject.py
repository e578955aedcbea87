"""The renovation scheme as a subject of a case: what the bodies of a joint review see, and what becomes of it."""

import datetime as dt
from decimal import Decimal
from typing import Any
from uuid import UUID

from approvals.models import Case
from approvals.shown import Brief, Row, Table
from approvals.subjects import Subject, register
from funding.rules.shares import SOURCE_LABELS
from offices.models import User
from policies.refusal import Refused
from policies.words import yuan_words
from projects.models import Scheme
from projects.rules.scheme import Item, sums_by_class, sums_by_payer
from projects.rules.scheme_difference import quantity_words
from projects.schemes import version_value

COLUMNS = ("项目", "位置", "类别", "数量", "单价（元）", "金额（元）", "出资")


def _yuan(amount: int) -> str:
    return yuan_words(Decimal(amount).scaleb(-2))


def _payers(item: Item) -> str:
    parts = [f"{label} {_yuan(item.payers[kind])}" for kind, label in SOURCE_LABELS.items() if kind in item.payers]
    return "；".join(parts) or "未填报"


class SchemeSubject(Subject):
    """The latest fixed version of a scheme on its way through the route of its document."""

    def get(self, uid: UUID) -> Scheme:
        """The scheme."""
        return Scheme.objects.select_related("division", "project", "current").get(uid=uid)

    def title(self, subject: Scheme) -> str:
        """Title of its case."""
        return str(subject)

    def link(self, subject: Scheme) -> str:
        """Its staff page."""
        return f"/staff/projects/{subject.project.uid}/scheme/"

    def content(self, subject: Scheme) -> dict[str, Any]:
        """What the version froze; nothing of the draft."""
        if subject.current is None:
            raise Refused("还没有定稿的版本，不能报审", code="scheme_not_fixed")
        content: dict[str, Any] = subject.current.content
        return content

    def brief(self, case: Case) -> Brief:
        """The whole cost, by class and by payer."""
        value = version_value(case.content)
        figures: list[tuple[str, int | Decimal, str]] = [("总投资", Decimal(value.total).scaleb(-2), "元")]
        figures += [("版本", value.number, "版"), ("项目", len(value.items), "项")]
        figures += [(key or "未归类", Decimal(amount).scaleb(-2), "元") for key, amount in sums_by_class(value).items()]
        return Brief(figures=tuple(figures))

    def tables(self, content: dict[str, Any]) -> tuple[Table, ...]:
        """The lines with who pays, the sums by payer, and the attachments."""
        value = version_value(content)
        rows = [
            Row(
                (
                    item.name if item.listed else f"{item.name}（目录外）", item.where, item.item_class or "未归类",
                    quantity_words(item.quantity, item.unit), _yuan(item.unit_price), _yuan(item.amount), _payers(item),
                ),
                key=item.uid,
            )
            for item in value.items
        ]  # fmt: skip
        rows.append(Row(("合计", "", "", "", "", _yuan(value.total), "")))
        sums = [Row((SOURCE_LABELS[kind], _yuan(amount))) for kind, amount in sums_by_payer(value.items).items()]
        files = [
            Row((row["title"], row["sha256"][:16]), link=f"/staff/files/{row['uid']}/" if "uid" in row else "")
            for row in content["files"]
        ]
        return (
            Table(f"改造方案第{value.number}版", COLUMNS, tuple(rows), frozenset({3, 4, 5})),
            Table("资金筹措", ("渠道", "金额（元）"), tuple(sums), frozenset({1})),
            *((Table("附件", ("名称", "校验值"), tuple(files)),) if files else ()),
        )

    def on_passed(self, case: Case, *, by: User, at: dt.datetime, today: dt.date) -> None:
        """Nothing to write: the passed case itself is the evidence of the gate, for its version alone."""

    def on_returned(self, case: Case, *, by: User, at: dt.datetime, today: dt.date) -> None:
        """Back to its writers; the next version goes on at the stage that returned it."""

    def on_refused(self, case: Case, *, by: User, at: dt.datetime, today: dt.date) -> None:
        """A new version may be put anew."""

    def on_withdrawn(self, case: Case, *, by: User, at: dt.datetime, today: dt.date) -> None:
        """Taken back by its writers."""


register("scheme", SchemeSubject())
