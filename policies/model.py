"""The shape of a rulebook: documents, rules and their provisions, as immutable values.

A *rule* is a row of the register (``LZ-04``). It is made of *provisions*: each speaks on one **kind** of question (``policies.kinds``),
with its own clause, verbatim quote, strength and parameters. Code asks for a kind, never for a place.
"""

import datetime as dt
from collections.abc import Mapping
from typing import Any, Literal

from pydantic import BaseModel, ConfigDict, Field

Strength = Literal["must", "in_principle", "strive", "may", "def"]
STRENGTH_LABELS: Mapping[Strength, str] = {
    "must": "必须",
    "in_principle": "原则上",
    "strive": "力争、鼓励",
    "may": "可以",
    "def": "定义",
}
Level = Literal["national", "province", "city", "county"]
Topic = Literal["eligibility", "content", "owners", "notice", "deadlines", "approval", "money", "aftercare", "baseline"]
TOPIC_LABELS: Mapping[Topic, str] = {
    "eligibility": "改造对象",
    "content": "改造内容",
    "owners": "业主表决与居民意愿",
    "notice": "公示",
    "deadlines": "时限",
    "approval": "计划、审查与手续",
    "money": "资金",
    "aftercare": "考核、长效与职责",
    "baseline": "国家底线",
}


class Frozen(BaseModel):
    """Base of every rulebook value: immutable, and an unknown key is an error, not a typo that is lost."""

    model_config = ConfigDict(extra="forbid", frozen=True)


class NotIncluded(Frozen):
    """An annex or another document that the text names but that is not transcribed here: shown as 未收录."""

    name: str
    named_in: str = Field(description="clause that names it")
    note: str = ""


class Document(Frozen):
    """The published document that a rulebook transcribes."""

    place: str = Field(pattern=r"^[a-z][a-z0-9_]*$")
    place_name: str = Field(description="name of the place it governs, 柳州市")
    short: str = Field(description="short name on the screen, 柳州")
    title: str
    number: str = Field(default="", description="文号 as printed, empty where there is none")
    issuer: str
    level: Level
    division_code: str | None = Field(default=None, description="GB/T 2260 code of the place")
    lies_over: str | None = Field(default=None, description="place whose rulebook lies directly above this one")
    issued: dt.date | None = None
    issued_text: str = Field(default="", description="date as printed, where it is not a full day")
    in_force_from: dt.date | None = Field(default=None, description="None: no lower bound")
    in_force_until: dt.date | None = Field(default=None, description="last day in force; None: until replaced")
    transcribed_on: dt.date
    source_text: str | None = Field(
        default=None, description="file below policies/texts that quotes are checked against"
    )
    not_included: tuple[NotIncluded, ...] = ()
    notes: tuple[str, ...] = ()

    @property
    def label(self) -> str:
        """Name with number, as a citation prints it."""
        return f"{self.place_name} {self.number}" if self.number else f"《{self.title}》"


class Provision(Frozen):
    """One kind of question answered by one clause. ``params`` is the typed value of ``policies.kinds.KINDS[kind]``."""

    rule_id: str
    place: str
    kind: str
    clause: str
    quote: str
    strength: Strength
    floor: bool = False
    reading: str = Field(default="", description="why this is our reading of the text; empty where the text says it")
    in_force_from: dt.date | None = None
    in_force_until: dt.date | None = None
    params: Any

    def in_force(self, day: dt.date) -> bool:
        """Whether the provision applies on ``day`` (an Asia/Shanghai day; both ends included)."""
        return (self.in_force_from is None or self.in_force_from <= day) and (
            self.in_force_until is None or day <= self.in_force_until
        )


class Rule(Frozen):
    """One row of the register."""

    id: str = Field(pattern=r"^[A-Z]{1,4}-\d{2}$")
    topic: Topic
    title: str = Field(description="short Chinese name for lists")
    does: str = Field(description="what the platform does about it, in Chinese, for the explorer")
    provisions: tuple[Provision, ...] = Field(min_length=1)

    @property
    def clauses(self) -> tuple[str, ...]:
        """Distinct clauses in the order of the provisions."""
        return tuple(dict.fromkeys(p.clause for p in self.provisions))


class CatalogueItem(Frozen):
    """An item of renovation content named by the document. ``within`` is the verbatim phrase that names it."""

    name: str
    item_class: str | None = Field(
        alias="class", description="基础类…, 公共区域…; None where the document gives no class"
    )
    group: str | None = None
    clause: str
    five: Literal["water", "power", "road", "gas", "elevator"] | None = None
    five_basis: Literal["explicit", "reading"] | None = None
    within: str
    condition: str | None = None


class Catalogue(Frozen):
    """改造内容 of one document, item by item; ``outside_classes`` holds items that the document gives no class."""

    classes: tuple[str, ...]
    notes: tuple[str, ...] = ()
    items: tuple[CatalogueItem, ...]
    outside_classes: tuple[CatalogueItem, ...] = ()
    open_ended: dict[str, str] = Field(
        default={}, description="class to the verbatim phrase that ends in 等; a class that is not here is closed"
    )


class BodyDuty(Frozen):
    """A body named by the document with its duty in the document's own words."""

    body: str
    level: Literal[
        "province", "city", "county", "city_and_county", "street", "neighbourhood", "community", "unit", "each", "all"
    ]
    kind: str
    duty: str
    clause: str
    note: str | None = None


class Bodies(Frozen):
    """Duties of a document: the list of duties first, then duties found elsewhere in its text."""

    duty_clause: str | None = None
    notes: tuple[str, ...] = ()
    bodies: tuple[BodyDuty, ...] = ()
    duties_elsewhere: tuple[BodyDuty, ...] = ()


class Rulebook(Frozen):
    """One document as data. ``revision`` is the SHA-256 of its content and never changes for the same transcription."""

    document: Document
    rules: tuple[Rule, ...]
    catalogue: Catalogue | None = None
    bodies: Bodies | None = None
    revision: str

    def rule(self, rule_id: str) -> Rule | None:
        """The rule with this ID, or None."""
        return next((rule for rule in self.rules if rule.id == rule_id), None)
