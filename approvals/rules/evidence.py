"""What a recorded paper says, field by field, for each kind of evidence; entered texts become exact values or a named error."""

import datetime as dt
import re
import unicodedata
from collections.abc import Mapping
from dataclasses import dataclass
from decimal import Decimal
from typing import Any, Literal

Kind = Literal["count", "area", "money", "date", "yes", "text"]


@dataclass(frozen=True)
class Figure:
    """One field of a paper. Values in ``Paper.figures``: count int, area and money text with two decimals, date ISO text, yes bool."""

    key: str
    label: str
    kind: Kind
    required: bool = True
    hint: str = ""


@dataclass(frozen=True)
class Form:
    """The fields of one kind of evidence. ``pairs``: (part, whole) keys, the part may not be greater."""

    label: str
    figures: tuple[Figure, ...] = ()
    pairs: tuple[tuple[str, str], ...] = ()


def _counts(*rows: tuple[str, str]) -> tuple[Figure, ...]:
    return tuple(Figure(key, label, "count") for key, label in rows)


SOURCES: tuple[tuple[str, str], ...] = (
    ("central", "中央补助资金"),
    ("provincial", "省级（自治区）资金"),
    ("city", "市级资金"),
    ("county", "县（区）级资金"),
    ("special_bond", "地方政府专项债券"),
    ("housing_sale_revenue", "国有住房出售收入存量资金"),
    ("loan", "信贷资金"),
    ("resident_direct", "居民直接出资"),
    ("maintenance_fund", "住宅专项维修资金"),
    ("provident_fund", "住房公积金"),
    ("common_revenue", "小区公共收益"),
    ("utility", "专营单位出资"),
    ("private_capital", "社会资本"),
    ("original_unit_enterprise", "原产权单位（企业）出资"),
    ("original_unit_public", "原产权单位（机关事业）出资"),
    ("donation", "企业捐助"),
    ("enterprise_bond", "企业债券、项目收益票据"),
)
_VOTE = Form(
    "业主表决结果",
    (
        Figure("total_area", "专有部分总面积（㎡）", "area"),
        Figure("total_heads", "业主总人数", "count"),
        Figure("participating_area", "参与表决面积（㎡）", "area"),
        Figure("participating_heads", "参与表决人数", "count"),
        Figure("agreeing_area", "同意面积（㎡）", "area"),
        Figure("agreeing_heads", "同意人数", "count"),
    ),
    (
        ("participating_area", "total_area"),
        ("participating_heads", "total_heads"),
        ("agreeing_area", "participating_area"),
        ("agreeing_heads", "participating_heads"),
    ),
)
# Raising the fund asks for three quarters, using it or giving up income for more than half (N-01): the paper says which it was.
RAISES = Figure("raises", "含补建、续筹维修资金（须四分之三以上同意）", "yes", required=False)
FORMS: Mapping[str, Form] = {
    "plan_consent": Form(
        "居民同意纳入计划",
        _counts(("households", "小区总户数"), ("agreeing", "同意户数")),
        (("agreeing", "households"),),
    ),
    "survey_coverage": Form(
        "征求改造意见", _counts(("households", "小区总户数"), ("asked", "已征求户数")), (("asked", "households"),)
    ),
    "satisfaction": Form(
        "居民满意度", _counts(("respondents", "受访人数"), ("satisfied", "满意人数")), (("satisfied", "respondents"),)
    ),
    "vote": _VOTE,
    "fund_vote": Form("使用维修资金、让渡公共收益的业主决定", (RAISES, *_VOTE.figures), _VOTE.pairs),
    "notice": Form(
        "方案公示",
        (
            Figure("posted_on", "张贴日期", "date", hint="当日不计入公示期"),
            Figure("closed_on", "公示截止日期", "date"),
            Figure("objections", "收到异议件数", "count"),
            Figure("open_objections", "未办结异议件数", "count"),
        ),
        (("open_objections", "objections"),),
    ),
    "funding_share": Form(
        "资金筹措方案", tuple(Figure(key, f"{label}（元）", "money", required=False) for key, label in SOURCES)
    ),
    "fiscal_capacity": Form(
        "财政承受能力评估",
        (
            Figure("capacity", "本年度可承受的本级财政支出（元）", "money"),
            Figure("needed", "本计划需本级财政支出（元）", "money"),
        ),
    ),
}
MOST = Decimal("1e12")


class FigureErrors(ValueError):
    """Fields that are not understood: key to Chinese reasons."""

    def __init__(self, errors: dict[str, list[str]]) -> None:
        super().__init__("；".join(f"{key}：{'、'.join(reasons)}" for key, reasons in errors.items()))
        self.errors = errors


def form_of(evidence: str, requires: tuple[tuple[str, str], ...] = ()) -> Form:
    """Fields of a kind of evidence (``vote:scheme`` is a vote); papers named by the text are asked one by one as yes or no."""
    kind = evidence.partition(":")[0]
    if kind in FORMS:
        return FORMS[kind]
    return Form("书面材料", tuple(Figure(key, label, "yes", required=False) for key, label in requires))


def read_figures(form: Form, given: Mapping[str, Any]) -> dict[str, Any]:
    """Exact values of a paper. Raises FigureErrors naming every field that is missing, unknown, not a number or greater than its whole."""
    errors: dict[str, list[str]] = {}
    known = {figure.key: figure for figure in form.figures}
    for key in given:
        if key not in known:
            errors[key] = ["没有这个字段"]
    values: dict[str, Any] = {}
    for figure in known.values():
        _read(figure, given.get(figure.key), values, errors)
    for part, whole in form.pairs:
        if part in values and whole in values and _exact(values[part]) > _exact(values[whole]):
            errors[part] = [f"不能大于“{known[whole].label}”"]
    if "posted_on" in values and "closed_on" in values and values["closed_on"] < values["posted_on"]:
        errors["closed_on"] = ["早于张贴日期"]
    if errors:
        raise FigureErrors(errors)
    return values


def _read(figure: Figure, raw: Any, values: dict[str, Any], errors: dict[str, list[str]]) -> None:
    """One field into ``values`` or its reason into ``errors``; a blank one that may be blank into neither."""
    text = unicodedata.normalize("NFKC", "" if raw is None else str(raw)).strip()
    if figure.kind == "yes":
        values[figure.key] = raw is True or text.lower() in {"true", "on", "1", "yes"}
    elif text:
        try:
            values[figure.key] = _READERS[figure.kind](text)
        except ValueError as error:
            errors[figure.key] = [str(error)]
    elif figure.required:
        errors[figure.key] = ["请填写"]


def _exact(value: Any) -> Decimal:
    return Decimal(str(value))


def _count(text: str) -> int:
    if not re.fullmatch(r"[0-9]{1,9}", text):
        raise ValueError("应为不带小数的整数")
    return int(text)


def _hundredths(text: str) -> str:
    plain = text.replace(",", "")
    if not re.fullmatch(r"[0-9]{1,13}(\.[0-9]{1,2})?", plain):
        raise ValueError("应为不小于零、最多两位小数的数字")
    number = Decimal(plain)
    if number > MOST:
        raise ValueError("数字过大")
    return f"{number:.2f}"


def _day(text: str) -> str:
    """2022-7-5, 2022.7.5, 2022/7/5, 2022年7月5日 and 20220705 as ISO."""
    match = re.fullmatch(r"(\d{4})(?:[-./年])(\d{1,2})(?:[-./月])(\d{1,2})日?", text) or re.fullmatch(
        r"(\d{4})(\d{2})(\d{2})", text
    )
    if match is None:
        raise ValueError("不是日期，例如 2022-7-5")
    try:
        return dt.date(*(int(part) for part in match.groups())).isoformat()
    except ValueError as error:
        raise ValueError("没有这一天") from error


def _text(text: str) -> str:
    return text[:500]


_READERS = {"count": _count, "area": _hundredths, "money": _hundredths, "date": _day, "text": _text}
