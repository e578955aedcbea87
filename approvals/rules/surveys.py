"""Surveys: what a questionnaire may ask, which household an answer speaks for, and what the answers add up to, in whole numbers."""

import datetime as dt
import re
import unicodedata
from collections import Counter
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from fractions import Fraction
from typing import Literal

from approvals.rules.percentages import Percentage, plan_consent, satisfaction, survey_coverage
from policies.answer import citation
from policies.layers import Layers
from policies.refusal import Citation
from policies.registry import answers

Kind = Literal["plan_consent", "willingness", "satisfaction"]
AGREE: dict[str, str] = {"agree": "同意改造", "oppose": "不同意改造", "undecided": "不表态"}
FACES: dict[str, str] = {
    "very_satisfied": "很满意", "satisfied": "满意", "fair": "一般", "dissatisfied": "不满意", "very_dissatisfied": "很不满意"
}  # fmt: skip
CHOICES: Mapping[str, dict[str, str]] = {"plan_consent": AGREE, "willingness": AGREE, "satisfaction": FACES}
# 满意 and above count (RC-09): 一般 is no satisfaction.
SATISFIED = frozenset({"very_satisfied", "satisfied"})
LEAST_SHOWN = 5  # fewer answers than this are never shown publicly: they would point at a person
SMALL = 30  # a rate of fewer is marked as a small sample
GRADES = ("A", "B", "C")


@dataclass(frozen=True)
class Item:
    """An item of the governing catalogue that residents can wish for. ``five``: water, power, road, gas, elevator or empty."""

    key: str
    label: str
    item_class: str
    five: str = ""


def catalogue_items(layers: Layers) -> tuple[Item, ...]:
    """Items of every catalogue that lies over the place, the lowest document first (catalogues are added to, not replaced)."""
    found: dict[str, Item] = {}
    for book in layers.books:
        if book.catalogue is not None:
            for item in (*book.catalogue.items, *book.catalogue.outside_classes):
                key = "·".join(part for part in (item.item_class, item.group, item.name) if part)
                found.setdefault(key, Item(key, item.name, item.item_class or "", item.five or ""))
    return tuple(found.values())


_CHINESE = {word: str(number) for number, word in enumerate("零一二三四五六七八九十")}


def household_key(building: str, unit: str, room: str) -> str:
    """A household by what is on its door, so that "１号楼 一单元 0101室" and "1栋1单元101" are one. Empty where the room is blank."""
    parts = [_plain(building, "号楼|楼栋|栋|幢|座|楼|号"), _plain(unit, "单元|门|梯"), _plain(room, "号房|房|室|号|户")]
    return "/".join(parts) if parts[2] else ""


def _plain(text: str, endings: str) -> str:
    """Half-width, no spaces, no ending of its kind, no leading zeros, a Chinese numeral as digits."""
    folded = re.sub(r"[\s第#\-—/]", "", unicodedata.normalize("NFKC", text)).upper()
    folded = re.sub(f"({endings})$", "", folded)
    return _CHINESE.get(folded, folded).lstrip("0")


def door_words(building: str, unit: str, room: str) -> str:
    """A door as it is said: 1号楼 2单元 101."""
    entrance = f"{unit}单元" if unit.isdigit() else unit
    return " ".join(part for part in (building, entrance, room) if part)


@dataclass(frozen=True)
class Reply:
    """A counting answer as the figures see it."""

    choice: str
    needs: Sequence[str] = ()
    hazards: Sequence[str] = ()


@dataclass(frozen=True)
class Figures:
    """What a survey came to. ``households``: the register's, never less than the households that answered (``warnings`` says when)."""

    households: int
    answered: int
    choices: Mapping[str, int]
    needs: tuple[tuple[str, int], ...]
    hazards: tuple[tuple[str, int], ...]
    warnings: tuple[str, ...] = ()

    @property
    def agreeing(self) -> int:
        """Households that agree."""
        return self.choices.get("agree", 0)

    @property
    def satisfied(self) -> int:
        """满意 and above."""
        return sum(number for choice, number in self.choices.items() if choice in SATISFIED)


def figures(
    kind: Kind, replies: Iterable[Reply], *, registered: int | None, homes: int, items: Sequence[str]
) -> Figures:
    """Add up the counting answers. ``registered``: the register's households (None: not filled in); ``homes``: homes registered one by one.

    Needs stand by how many want them, then in the order of the questionnaire; hazards likewise. More answers than registered households is
    a warning with its number, and the denominator is then what really answered: a share never exceeds one.
    """
    answered, choices, needs, hazards = 0, Counter[str](), Counter[str](), Counter[str]()
    for reply in replies:
        answered += 1
        choices[reply.choice] += 1
        needs.update(set(reply.needs))
        hazards.update(set(reply.hazards))
    known = max(registered or 0, homes)
    warnings = []
    if answered > known:
        warnings.append(f"已答 {answered} 户，多于登记的 {known} 户，请核对登记册")
    if registered is not None and homes > registered:
        warnings.append(f"登记册写 {registered} 户，逐户登记的有 {homes} 户，按 {homes} 户计算")
    order = {key: number for number, key in enumerate(items)}
    return Figures(
        households=max(known, answered),
        answered=answered,
        choices={choice: choices[choice] for choice in CHOICES[kind]},
        needs=tuple(sorted(((key, needs[key]) for key in items), key=lambda row: (-row[1], order[row[0]]))),
        hazards=tuple(sorted(hazards.items(), key=lambda row: (-row[1], row[0]))),
        warnings=tuple(warnings),
    )


def evidence_of(kind: Kind, found: Figures) -> dict[str, dict[str, int]]:
    """The gates that such a survey answers, each with the figures of a recorded paper of the same evidence."""
    if kind == "plan_consent":
        return {"plan_consent": {"households": found.households, "agreeing": found.agreeing}}
    if kind == "satisfaction":
        return {"satisfaction": {"respondents": found.answered, "satisfied": found.satisfied}}
    asked = {"households": found.households, "asked": found.answered}
    return {"survey_coverage": asked, "willingness_survey": asked}


def judged(layers: Layers, *, day: dt.date, kind: Kind, found: Figures) -> Percentage:
    """The share that the place's document asks of such a survey; ``passed`` None where it asks none (未作规定)."""
    if kind == "plan_consent":
        return plan_consent(layers, day=day, households=found.households, agreeing=found.agreeing)
    if kind == "satisfaction":
        return satisfaction(layers, day=day, respondents=found.answered, satisfied=found.satisfied)
    return survey_coverage(layers, day=day, households=found.households, asked=found.answered)


@dataclass(frozen=True)
class Grading:
    """Whether the document orders communities to be graded, and the grade that the place's own thresholds give (None: none entered)."""

    ordered: bool
    citation: Citation | None
    grade: str | None
    words: str


@answers("grading")
def grading(layers: Layers, *, day: dt.date, agreeing: int, whole: int, scale: tuple[int, int] | None) -> Grading:
    """The grade of a community by the share that agrees (RC-08 分级). ``scale``: least per cent of A and of B as entered.

    The document orders a grading and gives no numbers: thresholds are the place's own, labelled 平台登记. Nobody asked gives no grade.
    """
    found = layers.governing("grading", day)
    cited = citation(layers, found[0]) if found else None
    if scale is None or whole <= 0:
        words = "没有登记分级标准" if scale is None else "没有答卷，不能分级"
        return Grading(bool(found), cited, None, words)
    share, (a_from, b_from) = Fraction(agreeing, whole), scale
    grade = "A" if share >= Fraction(a_from, 100) else "B" if share >= Fraction(b_from, 100) else "C"
    words = f"同意 {agreeing} / {whole}；A级不低于{a_from}%，B级不低于{b_from}%，其余C级（平台登记，文件未写数字）"
    return Grading(bool(found), cited, grade, words)
