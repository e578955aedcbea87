"""What a provision says, in one or a few short lines made from its typed parameters. No place is known in here."""

from collections.abc import Callable
from typing import Any

from communities.rules.eligibility import BAND_LABELS
from communities.rules.organisations import SIGNATORY_LABELS
from funding.rules.shares import SOURCE_LABELS
from policies import content_kinds, kinds
from policies.model import STRENGTH_LABELS, Provision
from policies.signing import Signatory
from policies.yearkinds import Assessment, UpwardFiling
from renovation.words import share_words

MATTERS: dict[kinds.Matter, str] = {
    "scheme": "改造方案", "property_service": "选聘物业服务", "raise_maintenance_fund": "筹集维修资金",
    "use_maintenance_fund": "使用维修资金", "common_revenue": "使用公共收益", "operate_common_parts": "经营共有部分",
}  # fmt: skip
CONTENT = {"water": "水", "power": "电", "road": "路", "gas": "气", "elevator": "加装电梯"}
CONTRIBUTORS = {"utility": "管线专营单位", "public_unit": "公房产权单位", "original_unit": "原产权单位"}
LEVELS = {"province": "省", "city": "市", "county": "县区", "street": "街道", "neighbourhood": "社区"}
FUNCTIONS = {
    "government": "人民政府", "housing": "住建", "development_reform": "发改", "finance": "财政",
    "natural_resources": "自然资源", "public_security": "公安", "fire": "消防", "power": "供电", "water": "供水", "gas": "燃气",
    "telecom": "通信", "cable_tv": "有线电视", "heating": "供热", "street_office": "街道办事处",
    "neighbourhood_committee": "居委会", "leading_group_office": "领导小组办公室", "renovation_authority": "老旧小区改造主管部门",
}  # fmt: skip
PERMITS: dict[kinds.Permit, str] = {
    "land_use": "用地手续", "planning_land_permit": "建设用地规划许可证", "planning_works_permit": "建设工程规划许可证",
    "drawing_review": "施工图审查",
}  # fmt: skip
ACTS = {"declare": "申报", "review": "审查", "approve": "同意", "joint_issue": "联合发文"}
HOW = {"only": "只能由", "mainly": "主要由", "ratio": "按比例由", "open": "可由"}
FACILITIES = {
    "owner_renews": "产权属于专营单位的，由其改造", "cost_shared": "产权不属于专营单位的，鼓励资金共担",
    "in_step": "与小区改造同步设计、同步实施", "handed_over": "产权不属于专营单位的，改造后移交并由其维护",
}  # fmt: skip
DEDUCTED = {"upper_subsidies": "上级补助资金", "other_contributions": "业主和其他方面的出资"}

Lines = tuple[str, ...]


def _list(words: Any, names: dict[Any, str] | None = None) -> str:
    return "、".join((names or {}).get(word, str(word)) for word in words)


def threshold_words(threshold: kinds.Threshold) -> str:
    """三分之二以上, 过半数, 80%以上."""
    return share_words(threshold.share, strict=threshold.strict)


def body_words(slug: str) -> str:
    """county_housing → 县区住建; an unlevelled utility → 供电; an unknown slug as it is."""
    level, _, kind = slug.partition("_")
    if level in LEVELS and kind in FUNCTIONS:
        return f"{LEVELS[level]}{FUNCTIONS[kind]}"
    return FUNCTIONS.get(slug, slug)


def _day(due: kinds.FixedDay | kinds.BeforeFestival) -> str:
    year = {-1: "计划年度的前一年", 0: "计划年度当年", 1: "计划年度的次年"}.get(
        due.year_offset, f"计划年度{due.year_offset:+d}年"
    )
    if isinstance(due, kinds.BeforeFestival):
        return f"{year}春节前一日"
    return f"{year}{due.month}月{'底' if due.day == 'end' else f'{due.day}日'}前"


def _eligibility(p: kinds.EligibilityYears) -> Lines:
    if not p.bands:
        return ("不按建成年份划线",)
    several = (
        len({row.strength for row in p.bands}) > 1
    )  # one strength for all rows is the provision's own, said beside it
    rows = [
        f"{row.until}年底前建成：{BAND_LABELS[row.band]}{f'（{STRENGTH_LABELS[row.strength]}）' if several else ''}"
        for row in p.bands
    ]
    return (*rows, f"更晚建成：{BAND_LABELS[p.later]}")


def _vote(p: kinds.Vote) -> Lines:
    def both(area: kinds.Threshold, heads: kinds.Threshold) -> str:
        if area == heads:
            return f"面积、人数均须{threshold_words(area)}"
        return f"面积{threshold_words(area)}，人数{threshold_words(heads)}"

    return (
        f"参与表决：{both(p.participation_area, p.participation_heads)}",
        f"同意（占参与表决的）：{both(p.agreement_area, p.agreement_heads)}",
    )


def _built(row: kinds.ProgrammeTarget.Row) -> str:
    if row.built_from and row.built_until:
        return f"{row.built_from}—{row.built_until}年建成的，"
    return (
        f"{row.built_until}年底前建成的，"
        if row.built_until
        else f"{row.built_from}年以后建成的，"
        if row.built_from
        else ""
    )


def _programme(p: kinds.ProgrammeTarget) -> Lines:
    lines = [f"到{p.by_year}年{p.by.month}月{'底' if p.by.day == 'end' else f'{p.by.day}日'}"]
    lines += [f"{_built(row)}{row.words}（{STRENGTH_LABELS[row.strength]}）" for row in p.bands]
    lines += [f"{row.year}年{row.communities}个{'（已完成）' if row.done else ''}" for row in p.years]
    return (*lines, *([f"共{p.total}个"] if p.total else []))


def _route(p: kinds.Route) -> Lines:
    first = [f"编制：{_list(map(body_words, p.drafted_by))}"] if p.drafted_by else []
    stages = [
        f"{number}. {stage.name}：{_list(map(body_words, stage.bodies))}"
        f"{'（任一同意）' if stage.needs == 'one' and len(stage.bodies) > 1 else ''}"
        f"{'，可增加部门' if stage.more_bodies_may_join else ''}"
        for number, stage in enumerate(p.stages, start=1)
    ]
    return (*first, *stages)


def _gate(p: kinds.Gate) -> Lines:
    papers = [f"{paper.label}{'（可选）' if paper.optional else ''}" for paper in p.requires]
    return (p.label, *([f"{'任一：' if p.one_of else ''}{_list(papers)}"] if papers else []))


def _notice(p: kinds.NoticePeriod) -> Lines:
    return (f"不少于{p.days}{'个工作日' if p.counted_in == 'working_days' else '天'}",)


def _warranty(p: kinds.Warranty) -> Lines:
    def length(period: kinds.Warranty.Period) -> str:
        if period.years is not None:
            return f"{period.years}年"
        return f"{period.seasons}个采暖期、供冷期" if period.seasons is not None else "设计使用年限"

    return (f"验收合格后{p.filing_days}日内备案", *(f"{period.label}：{length(period)}" for period in p.periods))


def _subsidy(p: kinds.SubsidyContent) -> Lines:
    extra = f"，或者包括{_list(p.or_any, CONTENT)}" if p.or_any else ""
    return (f"{_list(p.of, CONTENT)} {len(p.of)}项中至少{p.at_least}项{extra}",)


def _deadline(p: kinds.Deadline) -> Lines:
    return (f"{_day(p.due)}{'（只对纳入国家年度任务的）' if p.national_task_only else ''}",)


def _payers(p: kinds.Payers) -> Lines:
    return tuple(
        f"{_list((*row.classes, *row.items))}：{HOW[row.how]}{_list(row.sources, SOURCE_LABELS)}承担" for row in p.rows
    )


def _settlement(p: Any) -> Lines:
    deducted = next(iter(p.model_dump().values()))
    return (f"评审后的结算金额，扣除{_list(deducted, DEDUCTED)}，余下乘以填入的比例",)


def _signatory(p: Signatory) -> Lines:
    signing = f"{'或'.join(SIGNATORY_LABELS[key] for key in p.organisations)}签字"
    stand_in = "或".join(SIGNATORY_LABELS[key] for key in p.stand_in)
    return (signing, f"都没有成立的由{stand_in}") if stand_in else (signing,)


def _source_use(p: kinds.SourceUse) -> Lines:
    what, sources = _list((*p.classes, *(CONTENT[work] for work in p.works))), _list(p.sources, dict(SOURCE_LABELS))
    if p.how == "mainly":
        return (f"{sources}：重点用于{what}，用于其他内容的单独列示",)
    return (f"{sources}：用于{what}{'，其他内容须登记理由' if p.with_reason else ''}",)


def _contributors(p: kinds.Contributors) -> Lines:
    return (f"{CONTRIBUTORS[p.who]}出资参与改造（{_list(p.sources, dict(SOURCE_LABELS))}）",)


def _ring_fence(p: kinds.RingFence) -> Lines:
    return (f"{_list(p.sources, dict(SOURCE_LABELS)) or '全部资金'}：按来源、项目和用途分账，不得串用",)


def _fund_use(p: content_kinds.FundUse) -> Lines:
    return (f"{SOURCE_LABELS[p.source]}：点名可用于{_list(p.items)}",)


def _subsidy_scope(p: content_kinds.SubsidyScope) -> Lines:
    parts = (("不符合条件的小区", p.eligible_only), ("目录以外的内容", p.catalogue_only))
    return (f"不能使用中央补助资金：{_list(words for words, asked in parts if asked)}",)


FILED = {"contents": "改造内容清单", "standard": "改造标准"}


def _upward(p: UpwardFiling) -> Lines:
    return (f"报上级住建部门备案：{_list(p.files, FILED)}",)


def _assessment(p: Assessment) -> Lines:
    of = "各县区" if p.of == "divisions" else "本地各单位"
    lines = [f"每年考核{of}：{_list(row.words for row in p.criteria)}"]
    if p.consequences:
        lines.append(f"结果：{_list(p.consequences.values())}")
    return tuple(lines)


SAYINGS: dict[type[Any], Callable[[Any], Lines]] = {
    kinds.EligibilityYears: _eligibility,
    kinds.Exclusions: lambda p: tuple(row.words for row in p.rows),
    kinds.RecordedFacts: lambda p: (_list(p.facts.values()),),
    kinds.Vote: _vote,
    kinds.Deadline: _deadline,
    kinds.ProgrammeTarget: _programme,
    kinds.NoticePeriod: _notice,
    kinds.NoticeWithoutLength: lambda p: ("要公示，但文件没有写多少天（天数按公示上所写的填）",),
    kinds.Percentage: lambda p: (f"{threshold_words(p.share)}，分母：{p.of_words}",),
    kinds.SubsidyContent: _subsidy,
    kinds.SubsidyYears: lambda p: (
        f"先支持{p.first_until}年底前建成的；之后建成的{'写明理由可以支持' if p.later == 'with_reason' else '不支持'}",
    ),
    kinds.FundingShare: lambda p: (f"居民和企业出资合计占总投资{threshold_words(p.share)}",),
    kinds.Apportionment: lambda p: (f"按专有部分面积分摊{f'；{_list(p.alternatives)}' if p.alternatives else ''}",),
    kinds.Settlement: _settlement,
    kinds.PermitWaivers: lambda p: tuple(f"{PERMITS[row.permit]}：{row.words}" for row in p.waivers),
    kinds.Route: _route,
    kinds.Gate: _gate,
    kinds.Grading: lambda p: ("按意愿调查分级；数字由本地登记",),
    kinds.Ranking: lambda p: tuple(criterion.words for criterion in p.criteria),
    kinds.Warranty: _warranty,
    UpwardFiling: _upward,
    Assessment: _assessment,
    kinds.Counting: lambda p: tuple(p.points.values()),
    kinds.Payers: _payers,
    Signatory: _signatory,
    kinds.RingFence: _ring_fence,
    kinds.SourceUse: _source_use,
    kinds.Contributors: _contributors,
    kinds.Cluster: lambda p: (f"{_list(p.keeps_out, dict(SOURCE_LABELS))}不进入片区内其他项目",),
    content_kinds.Facilities: lambda p: (FACILITIES[p.part],),
    content_kinds.Means: lambda p: (f"方式：{_list(p.words)}",),
    content_kinds.ContentLimit: lambda p: (f"涉及{_list(p.about)}的，只能是：{_list(p.allowed)}",),
    content_kinds.FundUse: _fund_use,
    content_kinds.SubsidyScope: _subsidy_scope,
}


def say(provision: Provision) -> Lines:
    """The lines of a provision; empty where its quote is all there is to say (a statement without parameters)."""
    saying = SAYINGS.get(type(provision.params))
    return saying(provision.params) if saying else ()
