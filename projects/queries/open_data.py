"""Open data: what everybody may take along, as rows with a dictionary. The same facts as on the public pages, no person in them."""

import datetime as dt
from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass
from itertools import islice
from typing import Any

from django.db.models import Count, Prefetch, Sum

from funding.queries import Sums
from offices.models import Division
from projects.models import StageDay
from projects.queries.public_money import money_of
from projects.queries.statistics import figures_by, public_projects, years_of
from projects.rules.rates import LABELS, MONEY, NAMES
from projects.rules.stages import STAGE

BATCH = 200
SUMS = {"planned": "已安排", "received": "到位", "signed": "已签约", "paid": "拨付", "spent": "支出（含质保金）"}


@dataclass(frozen=True)
class Field:
    """A column of a dataset: its name, what kind of value, what it means."""

    name: str
    kind: str
    meaning: str


@dataclass(frozen=True)
class Dataset:
    """A table with its dictionary. ``rows(today)`` reads it in batches, never all at once."""

    key: str
    title: str
    about: str
    fields: tuple[Field, ...]
    rows: Callable[[dt.date], Iterator[dict[str, Any]]]

    @property
    def names(self) -> list[str]:
        """Columns in order."""
        return [field.name for field in self.fields]


def _projects(today: dt.date) -> Iterator[dict[str, Any]]:
    days = Prefetch("stage_days", queryset=StageDay.objects.filter(stage__in=("works", "accepted")))
    rows = public_projects(None, None).select_related("division", "county").prefetch_related(days)
    counted = rows.annotate(
        number=Count("parts"), homes=Sum("parts__community__household_count"), buildings=Sum("parts__community__building_count"),
        area=Sum("parts__community__floor_area"), known=Count("parts__community__household_count"),
    )  # fmt: skip
    for row in counted.order_by("pk").iterator(BATCH):
        reached = {day.stage: day.actual_on for day in row.stage_days.all()}
        yield {
            "project": str(row.uid), "name": row.name, **_place(row.county or row.division), "plan_year": row.plan_year,
            "stage": row.stage, "stage_label": STAGE[row.stage].label, "national_task": row.national_task, "communities": row.number,
            "homes": row.homes if row.known == row.number else None, "buildings": row.buildings,
            "floor_area": _hundredths(row.area), "investment": _hundredths(row.investment), "started_on": _day(reached.get("works")),
            "accepted_on": _day(reached.get("accepted")), "reported_on": _day(row.reported_on),
        }  # fmt: skip


def _money(today: dt.date) -> Iterator[dict[str, Any]]:
    rows = public_projects(None, None).select_related("division", "county").order_by("pk").iterator(BATCH)
    while batch := list(islice(rows, BATCH)):
        for found in money_of(batch, whole=False):
            for row in found.money.rows:
                yield {
                    "project": str(found.project.uid), "name": found.project.name,
                    **_place(found.project.county or found.project.division), "plan_year": found.project.plan_year,
                    "kind": row.kind, "kind_label": row.label, **_sums(row.sums), "withheld": found.money.withheld,
                }  # fmt: skip


def _statistics(today: dt.date) -> Iterator[dict[str, Any]]:
    published = public_projects(None, None)
    for year in years_of(published):
        for column in ("province_id", "city_id", "county_id"):
            chosen = published.filter(plan_year=year).exclude(**{column: None})
            found = figures_by(chosen, column, year=year, today=today, public=True)
            places = Division.objects.filter(pk__in=list(found)).order_by("code", "pk")
            for place in places:
                figures = {name: getattr(found[place.pk], name) for name in NAMES}
                yield {
                    **_place(place), "level": place.level, "year": year,
                    **{name: _hundredths(value) if name in MONEY else value for name, value in figures.items()},
                }  # fmt: skip


def _place(division: Division) -> dict[str, Any]:
    return {"division": str(division.uid), "division_name": division.name, "division_code": division.code or ""}


def _sums(sums: Sums) -> dict[str, str]:
    return {name: f"{getattr(sums, name):.2f}" for name in SUMS}


def _hundredths(value: Any) -> str | None:
    return None if value is None else f"{value:.2f}"


def _day(day: dt.date | None) -> str | None:
    return day.isoformat() if day else None


_PLACE = (
    Field("division", "uid", "区划编号"),
    Field("division_name", "文本", "区划名称"),
    Field("division_code", "文本", "行政区划代码，没有的为空"),
)
_PROJECT = (
    Field("project", "uid", "项目编号"),
    Field("name", "文本", "项目名称"),
    *_PLACE,
    Field("plan_year", "整数", "计划年度"),
)
DATASETS: Mapping[str, Dataset] = {
    row.key: row
    for row in (
        Dataset(
            "projects",
            "改造项目",
            "已下达计划并公开的项目，每个一行",
            (
                *_PROJECT,
                Field("stage", "代码", "阶段代码"),
                Field("stage_label", "文本", "阶段"),
                Field("national_task", "是否", "纳入国家年度任务"),
                Field("communities", "整数", "包含的小区数"),
                Field("homes", "整数", "户数；有小区没有登记户数的为空"),
                Field("buildings", "整数", "楼栋数"),
                Field("floor_area", "两位小数", "建筑面积，平方米"),
                Field("investment", "两位小数", "总投资，元"),
                Field("started_on", "日期", "实际开工日期"),
                Field("accepted_on", "日期", "实际竣工验收日期"),
                Field("reported_on", "日期", "最近填报日期"),
            ),
            _projects,
        ),
        Dataset(
            "money",
            "改造资金",
            "每个项目每类资金一行，金额为元，等于财政台账；不足5户或户数未登记的项目不含居民出资",
            (
                *_PROJECT,
                Field("kind", "代码", "资金类别代码"),
                Field("kind_label", "文本", "资金类别"),
                *(Field(name, "两位小数", f"{word}，元") for name, word in SUMS.items()),
                Field("withheld", "是否", "该项目有资金因户数少没有公开"),
            ),
            _money,
        ),
        Dataset(
            "statistics",
            "年度统计",
            "省、市、县每年度一行；比率请用分子、分母自行计算",
            (
                *_PLACE,
                Field("level", "代码", "province 省、city 市、county 县"),
                Field("year", "整数", "计划年度"),
                *(
                    Field(
                        name, "两位小数" if name in MONEY else "整数", LABELS[name] + ("，元" if name in MONEY else "")
                    )
                    for name in NAMES
                ),
            ),
            _statistics,
        ),
    )
}
