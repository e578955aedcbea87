"""What the documents ask of each line of a scheme: its place in the catalogue, its form, its facilities, its funds. Pure.

LZ-02, YL-03, RC-04, CZ-02, JX-04 (catalogue), LZ-30 (means), LZ-03 and RC-06 (facilities), JX-03 (central money),
N-03, CZ-09, RC-23 (funds).
"""

import datetime as dt
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from typing import Literal, cast

from funding.rules.shares import SOURCE_LABELS, SourceKind
from policies.answer import citation
from policies.content_kinds import ContentLimit, Facilities, FundUse, Means
from policies.kinds import SourceUse
from policies.layers import Layers
from policies.model import Provision
from policies.refusal import Citation, Reason, cite
from policies.registry import answers
from projects.rules.scheme import Item, classes, open_ended

Outcome = Literal["met", "unmet", "noted"]
BLOCKING = frozenset({"must", "in_principle"})


@dataclass(frozen=True)
class Check:
    """One thing held against its clause. ``about``: the lines concerned; ``blocks``: the scheme can't be fixed while it is unmet.

    ``noted``: nothing is asked, but a reader should know (a possibility that the text opens, a wish that is not met).
    """

    rule: str
    outcome: Outcome
    text: str
    citation: Citation | None
    missing: str = ""
    about: tuple[str, ...] = ()
    blocks: bool = False

    @property
    def reason(self) -> Reason:
        """As a reason of a refusal."""
        return Reason(self.text, self.citation, self.missing, "、".join(self.about))


def checked(
    layers: Layers, provision: Provision, met: bool, text: str, *, missing: str = "", about: Sequence[str] = ()
) -> Check:
    """A check of a provision; what is unmet under anything weaker than must or in_principle is noted and counted."""
    blocks = not met and provision.strength in BLOCKING
    return Check(
        provision.rule_id, "met" if met else "unmet" if blocks or provision.strength == "strive" else "noted", text,
        citation(layers, provision), "" if met else missing, tuple(about), blocks,
    )  # fmt: skip


def item_checks(layers: Layers, *, day: dt.date, item: Item) -> tuple[Check, ...]:
    """Everything that one line must meet by itself (who pays by class is ``scheme_payers``)."""
    return tuple(
        check
        for part in (listing, limits, means, facility, subsidy_scope, fund_use)
        for check in part(layers, day=day, item=item)
    )


def listing(layers: Layers, *, day: dt.date, item: Item) -> Iterator[Check]:
    """Outside the catalogue: with a reason where the text says 等, not at all where it names its items to the end."""
    if item.listed:
        return
    cited = _defined(layers, item.item_class)
    name, rule_id, words = item.name, cited.rule if cited else "", open_ended(layers).get(item.item_class)
    if not classes(layers):
        yield Check(rule_id, "noted", f"“{name}”：文件没有改造内容目录", None, about=(name,))
    elif words is None:
        where = item.item_class or "未归类的内容"
        text = f"“{name}”不在目录中，{where}在文件中已列举完毕，没有“等”字"
        yield Check(rule_id, "unmet", text, cited, "请改选目录中的项目", (name,), True)
    elif not item.reason.strip():
        text = f"“{name}”不在目录中；文件写“{words}”，可以增加，须写明理由"
        yield Check(rule_id, "unmet", text, cited, "请写明理由", (name,), True)
    else:
        yield Check(rule_id, "met", f"“{name}”为目录外（等）项目，理由：{item.reason}", cited, about=(name,))


def _defined(layers: Layers, item_class: str) -> Citation | None:
    """The sentence that defines a class in the document that the catalogue is taken from; the chapter's where it has none of its own."""
    book = next((book for book in layers.books if book.catalogue is not None), None)
    if book is None or book.catalogue is None:
        return None
    clause = next((item.clause for item in book.catalogue.items if item.item_class == item_class), "")
    said = [
        p
        for rule in book.rules
        for p in rule.provisions
        if rule.topic == "content" and p.strength == "def" and p.kind == "statement"
    ]
    own = [p for p in said if p.clause == clause] or [p for p in said if clause.startswith(p.clause)] or said
    return cite(own[0], book.document) if own else None


@answers("content_limit")
def limits(layers: Layers, *, day: dt.date, item: Item) -> Iterator[Check]:
    """JX-04: an outer grating is taken down; one that is needed is of the inside or the invisible kind."""
    for provision in layers.provisions("content_limit", day):
        rule: ContentLimit = provision.params
        said = f"{item.name}{item.note}"
        named = next((word for word in rule.about if word in said), None)
        if named is None:
            continue
        met = any(word in said for word in rule.allowed)
        words = "、".join(rule.allowed)
        yield checked(
            layers, provision, met, f"“{item.name}”涉及{named}，只能是：{words}", missing=f"请写明属于哪一种：{words}", about=(item.name,)
        )  # fmt: skip


@answers("means")
def means(layers: Layers, *, day: dt.date, item: Item) -> Iterator[Check]:
    """LZ-30: content that the document puts in no class is built, bought, exchanged, leased or renovated."""
    if item.item_class:
        return
    for provision in layers.governing("means", day):
        rule: Means = provision.params
        words = "、".join(rule.words)
        met = item.means in rule.words
        text = f"“{item.name}”未归类，方式：{item.means or '未填报'}"
        cited = citation(layers, provision)
        missing = "" if met else f"请选择方式：{words}"
        yield Check(provision.rule_id, "met" if met else "unmet", text, cited, missing, (item.name,), not met)


@answers("facilities")
def facility(layers: Layers, *, day: dt.date, item: Item) -> Iterator[Check]:
    """LZ-03, RC-06: who renews a utility's facility, who shares its cost, who takes it over, whether in step with the works."""
    held = item.facility
    if held is None:
        return
    about, own = (item.name,), held.owner == "utility"
    for provision in layers.governing("facilities", day):
        part: Facilities = provision.params
        if part.part == "owner_renews" and own:
            text = f"“{item.name}”产权属于专营单位，由专营单位负责改造"
            met = held.renewed_by == "utility"
            yield checked(layers, provision, met, text, missing="改造单位应为专营单位", about=about)
        elif part.part == "cost_shared" and not own:
            utility, others = item.paid_by({"utility"}), item.amount - item.paid_by({"utility"})
            text = f"“{item.name}”产权不属于专营单位，鼓励资金共担"
            yield checked(
                layers,
                provision,
                bool(utility and others),
                text,
                missing="尚未由财政与专营单位共同出资",
                about=about,
            )
        elif part.part == "in_step":
            text = f"“{item.name}”与小区改造同步设计、同步实施"
            yield checked(layers, provision, held.in_step, text, missing="请落实同步设计、同步实施", about=about)
        elif part.part == "handed_over" and not own:
            met = held.kept_by == "utility"
            text = f"“{item.name}”改造后移交专营单位，由其维护管理"
            yield checked(layers, provision, met, text, missing="改造后应移交专营单位", about=about)


@answers("subsidy_scope")
def subsidy_scope(layers: Layers, *, day: dt.date, item: Item) -> Iterator[Check]:
    """JX-03: content outside the catalogue draws no central money."""
    if item.listed or not item.paid_by({"central"}):
        return
    for provision in layers.governing("subsidy_scope", day):
        if provision.params.catalogue_only:
            text = f"“{item.name}”不在改造内容目录之内，不能使用中央补助资金"
            yield checked(layers, provision, False, text, missing="请改由其他渠道出资", about=(item.name,))


@answers("fund_use", "source_use")
def fund_use(layers: Layers, *, day: dt.date, item: Item) -> Iterator[Check]:
    """N-03, CZ-09, RC-23: what the maintenance fund and the provident fund are opened for."""
    for provision in layers.provisions("fund_use", day):
        rule: FundUse = provision.params
        if item.paid_by({rule.source}):
            named = any(word in item.name for word in rule.items)
            yield _use(layers, provision, item, rule.source, named, "条文没有点名，按“等”由主管部门认定")
    for provision in layers.governing("source_use", day):
        use: SourceUse = provision.params
        paying = [kind for kind in use.sources if item.paid_by({kind})]
        if use.how != "only" or not paying:
            continue
        named = item.item_class in use.classes or item.five in use.works
        if named or use.with_reason:
            yield _use(layers, provision, item, paying[0], named, "条文没有点名，支付前须登记理由")
        else:
            text = f"“{item.name}”不能使用{_labels(paying)}"
            yield Check(
                provision.rule_id, "unmet", text, citation(layers, provision), "请改由其他渠道出资", (item.name,), True
            )  # fmt: skip


def _use(layers: Layers, provision: Provision, item: Item, kind: str, named: bool, otherwise: str) -> Check:
    label = _labels([kind])
    text = f"“{item.name}”可以使用{label}" if named else f"“{item.name}”使用{label}：{otherwise}"
    cited = citation(layers, provision)
    return Check(provision.rule_id, "met" if named else "noted", text, cited, about=(item.name,))


def _labels(kinds: Sequence[str]) -> str:
    return "、".join(SOURCE_LABELS[cast(SourceKind, kind)] for kind in kinds)
