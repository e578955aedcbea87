"""Official forms of projects: 申报表, 验收表, 通行证明."""

from decimal import Decimal
from uuid import UUID

from offices.clock import today
from offices.models import Division, User
from offices.official import Cell, Column, Form, Grid
from policies.words import date_words
from projects.duties import keeper
from projects.models import AnnualPlan, Project
from projects.papers import plan_table
from projects.plan_columns import OFFICIAL
from projects.queries.acceptance import acceptance_page
from projects.queries.permits import certificate_of

PARTIES = (Column("参加方", 18), Column("单位", 28), Column("意见", 30), Column("签字、盖章", 24))
CERTIFIED = "运送渣土、商品混凝土，请环保、交警和综合执法部门协调办理绿色通行许可手续。"


def _keeper(division: Division) -> str:
    """Who fills in the forms of a place: the office that keeps its plans; blank where there is none."""
    body = keeper(division)
    return body.name if body else ""


def plan(user: User, uid: UUID) -> Form | None:
    """The plan's table in the official columns with 合计."""
    row = AnnualPlan.objects.visible_to(user).select_related("division").filter(uid=uid).first()
    if row is None:
        return None
    rows = tuple(tuple(cells) for cells in plan_table.rows([row]))
    total: list[Cell] = ["合计", f"{len(rows)}个小区"]
    for number, column in enumerate(OFFICIAL[2:], start=2):
        total.append(sum((cells[number] or 0 for cells in rows), Decimal(0)) if column.summed else None)
    columns = tuple(
        Column(column.label, column.width, name=column.kind == "year" or column.key == "built_text")
        for column in OFFICIAL
    )
    issuer = _keeper(row.division)
    return Form(
        title=plan_table.title([row]), issuer=issuer, place=row.division.name, unit=plan_table.UNIT, landscape=True,
        grids=(Grid(columns, rows, total=tuple(total)),), seals=(issuer or row.division.name,), signs=plan_table.SIGNS,
        draft=row.state != AnnualPlan.State.ISSUED,
    )  # fmt: skip


def acceptance(user: User, uid: UUID) -> Form | None:
    """The parties with their opinions, places of signatures and seals blank; a draft until it is confirmed."""
    project = Project.objects.visible_to(user).select_related("division").filter(uid=uid).first()
    view = acceptance_page(project, today=today()) if project else None
    if project is None or view is None or view.row is None:
        return None
    row = view.row
    labels = {each.key: each.label for each in view.asked}
    signed: list[tuple[Cell, ...]] = [
        (
            labels[party.key], party.unit,
            "，".join(part for part in ("同意" if party.agrees else "不同意", party.opinion) if part)
            + f"（{date_words(party.signed_on)}）", "",
        )
        for party in view.parties
        if party.key in labels
    ]  # fmt: skip
    there = {party.key for party in view.parties}
    signed += [(label, "", "", "") for key, label in labels.items() if key not in there]
    found = tuple(
        (item.text, item.owner, date_words(item.due_on), item.get_state_display())
        for item in view.defects
        if item.kind == "acceptance"
    )
    wrong = (Column("发现的问题", 44), Column("责任单位", 24), Column("期限", 16), Column("情况", 12))
    places = "、".join(part.community.name for part in project.parts.select_related("community").order_by("pk"))
    return Form(
        title="城镇老旧小区改造项目竣工验收表", issuer=_keeper(project.division), place=project.division.name, draft=row.passed_on is None,
        lines=(("项目", project.name), ("小区", places), ("验收日期", date_words(row.held_on)), ("验收地点", row.place)),
        grids=(Grid(PARTIES, tuple(signed), room=True), *((Grid(wrong, found),) if found else ())),
        words=(f"验收结论：{row.conclusion or '　'}",), seals=("组织单位",),
    )  # fmt: skip


def certificate(user: User, uid: UUID) -> Form | None:
    """A certificate for vehicles, as it was issued."""
    row = certificate_of(user, uid)
    if row is None:
        return None
    lines = (
        ("编号", str(row)), ("车辆", row.vehicles), ("路线", row.route), ("通行时段", row.hours),
        ("有效期", f"{date_words(row.starts_on)}至{date_words(row.ends_on)}"),
    )  # fmt: skip
    return Form(
        title="渣土运输车、商砼运输车通行证明", issuer=row.body.name, place=row.project.division.name, lines=lines, seals=(row.body.name,),
        issued="",
        opening=f"兹证明下列车辆为城镇老旧小区改造项目“{row.project.name}”{CERTIFIED}",
    )  # fmt: skip
