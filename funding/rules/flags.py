"""What an auditor is shown to look at: pure rules over plain figures of the ledger. A flag blocks nothing; it names its clause or says that
the platform asks of itself (平台默认、文件未作规定).

Amounts are 分, days are days of Asia/Shanghai.
"""

import datetime as dt
from collections.abc import Iterable
from dataclasses import dataclass
from uuid import UUID

from funding.rules.money import said
from funding.rules.papers import PAPERS, papers_missing
from funding.rules.ringfence import fence
from funding.rules.shares import Source, funding_share
from policies.answer import citation
from policies.layers import Layers
from policies.refusal import Citation
from policies.registry import answers
from policies.words import date_words

KINDS = {
    "beyond_progress": "支付超出完成产值", "share_short": "居民和企业出资不足", "idle": "资金闲置一年以上",
    "settlement_late": "结算逾期", "outside_catalogue": "目录以外的内容", "no_paper": "支付没有附件",
    "no_procurement": "合同没有采购材料",
}  # fmt: skip


@dataclass(frozen=True)
class About:
    """What a flag is about: a row of the ledger by its kind and uid, how it is called, its staff page."""

    kind: str
    uid: UUID
    title: str
    link: str


@dataclass(frozen=True)
class Flag:
    """One finding. ``citation`` None: 平台默认、文件未作规定."""

    kind: str
    about: About
    text: str
    citation: Citation | None = None


def year_after(day: dt.date) -> dt.date:
    """The same date a year later; 29 February is followed by the 28th."""
    return day.replace(year=day.year + 1, day=28 if (day.month, day.day) == (2, 29) else day.day)


def beyond_progress(layers: Layers, *, day: dt.date, about: About, spent: int, progress: int, kind: str) -> Flag | None:
    """More was accepted for payment than the works are worth so far."""
    if spent <= progress:
        return None
    text = f"已支出 {said(spent)} 元，完成产值 {said(progress)} 元，超出 {said(spent - progress)} 元"
    return Flag("beyond_progress", about, text, fence(layers, day, kind))


def share_short(layers: Layers, *, day: dt.date, about: About, sources: Iterable[Source]) -> Flag | None:
    """What residents and enterprises brought stays below the share (LZ-16), by what is allotted."""
    found = funding_share(layers, day=day, sources=sources)
    if found.passed is not False or not found.total:
        return None
    reason = found.reasons[0]
    return Flag("share_short", about, f"{reason.text}；{reason.missing}", reason.citation)


def idle(*, day: dt.date, about: About, cash: int, since: dt.date) -> Flag | None:
    """Money that came in and has not moved for a year; the day itself is not yet over a year."""
    if not cash or day <= year_after(since):
        return None
    return Flag("idle", about, f"可用 {said(cash)} 元，自{date_words(since)}没有到位或支付")


def settlement_late(
    *, day: dt.date, about: About, due_on: dt.date | None, rule: Citation | None, accepted_on: dt.date | None
) -> Flag | None:
    """No confirmed settlement after the day of the document; where none sets one, a year after the acceptance."""
    last = due_on or (year_after(accepted_on) if accepted_on else None)
    if last is None or day <= last:
        return None
    why = "文件规定" if due_on else "验收合格满一年"
    return Flag(
        "settlement_late",
        about,
        f"应在{date_words(last)}前完成结算（{why}），还没有确认的结算",
        rule if due_on else None,
    )


@answers("subsidy_scope")
def outside_catalogue(
    layers: Layers, *, day: dt.date, about: About, promised: Iterable[tuple[str, str]]
) -> Flag | None:
    """Money promised to items, (item, kind of money), that no catalogue of the place names (搭车, JX-03). None without a catalogue."""
    names = {row.name for book in layers.books if book.catalogue for row in book.catalogue.items}
    outside = [(item, kind) for item, kind in promised if item not in names]
    if not names or not outside:
        return None
    central = any(kind == "central" for _, kind in outside)
    scopes = [p for p in layers.provisions("subsidy_scope", day) if p.params.catalogue_only and central]
    text = f"{'、'.join(dict.fromkeys(f'“{item}”' for item, _ in outside))}不在本地改造内容目录中"
    return Flag("outside_catalogue", about, text, citation(layers, scopes[0]) if scopes else None)


def no_paper(*, about: About, kind: str, amount: int, brought: tuple[str, ...]) -> Flag | None:
    """A payment released without the scans that its amount asks for."""
    missing = papers_missing(kind, amount, brought)
    if not missing:
        return None
    return Flag("no_paper", about, f"支付 {said(amount)} 元，没有上传{'、'.join(PAPERS[key] for key in missing)}")


def no_procurement(layers: Layers, *, day: dt.date, about: About, held: bool) -> Flag | None:
    """A contract of a project without a checked procurement record, where a document asks for one (CZ-15, YL-19, JX-20)."""
    asked = layers.governing("gate", day, lambda p: p.params.evidence == "procurement")
    if held or not asked:
        return None
    return Flag("no_procurement", about, "没有经复核的招标或政府采购记录", citation(layers, asked[0]))
