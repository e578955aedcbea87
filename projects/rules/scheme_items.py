"""What the documents ask of each line of a scheme: its place in the catalogue, its form, its facilities, its funds. Pure.

LZ-02, YL-03, RC-04, CZ-02, JX-04 (catalogue), LZ-30 (means), LZ-03 and RC-06 (facilities), JX-03 (central money),
N-03, CZ-09, RC-23 (funds).
"""

import datetime as dt
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from typing import Literal

from funding.rules.shares import SOURCE_LABELS
from policies.answer import citation
from policies.content_kinds import ContentLimit, Facilities, FundUse, Means
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
    book = next((book for book in layers.books if book.catalogue is not None), None)
    cited = None
    if book is not None:
        rule = next((rule for rule in book.rules for p in rule.provisions if _of_catalogue(p, item)), None)
        if rule is not None:
            cited = cite(next(p for p in rule.provisions if _of_catalogue(p, item)), book.document)
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


def _of_catalogue(provision: Provision, item: Item) -> bool:
    """The sentence that defines the item's class (a statement of strength def that names it)."""
    return provision.kind == "statement" and provision.strength == "def" and _names(provision.quote, item.item_class)


def _names(quote: str, item_class: str) -> bool:
    return bool(item_class) and (item_class in quote or item_class[-4:] in quote)


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


@answers("fund_use")
def fund_use(layers: Layers, *, day: dt.date, item: Item) -> Iterator[Check]:
    """N-03, CZ-09, RC-23: what the maintenance fund and the provident fund are opened for."""
    for provision in layers.provisions("fund_use", day):
        rule: FundUse = provision.params
        if not item.paid_by({rule.source}):
            continue
        label, cited, about = SOURCE_LABELS[rule.source], citation(layers, provision), (item.name,)
        if item.item_class in rule.never:
            text = f"“{item.name}”属于{item.item_class}，不能使用{label}"
            yield Check(provision.rule_id, "unmet", text, cited, "请改由其他渠道出资", about, True)
        elif any(word in item.name for word in rule.items):
            yield Check(provision.rule_id, "met", f"“{item.name}”可以使用{label}", cited, about=about)
        else:
            text = f"“{item.name}”使用{label}：条文没有点名，按“等”由主管部门认定"
            yield Check(provision.rule_id, "noted", text, cited, about=about)
