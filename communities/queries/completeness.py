"""What the register still lacks (JX-02: 数据真实、完整、可靠): fields of the survey, and the facts that the place's definition names."""

import datetime as dt
from collections.abc import Callable
from dataclasses import dataclass

from django.db.models import Case, IntegerField, QuerySet, Value, When
from django.db.models.functions import Coalesce

from communities.models import Community
from communities.queries.eligibility import fact_views
from offices import rulebooks

# 户数、建筑面积、产权性质、建成时间 are named by JX-02; 位置 and 栋数 are what tells one community from another and carries money.
FIELDS: dict[str, str] = {
    "address": "位置",
    "built_text": "建成时间",
    "building_count": "栋数",
    "household_count": "户数",
    "floor_area": "建筑面积",
    "property_right": "产权性质",
}
NAMED_BY_FIELDS = {"built_early"}  # a fact that a field above already answers
NOT_NEEDED = {"single_building"}  # 含单栋住宅楼 widens the definition, it asks nothing


@dataclass(frozen=True)
class Completeness:
    """``numerator`` of ``denominator`` entries are there; ``missing`` holds the labels of the others."""

    numerator: int
    denominator: int
    missing: tuple[str, ...]

    @property
    def complete(self) -> bool:
        """Nothing is missing."""
        return not self.missing


def completeness_of(community: Community, day: dt.date) -> Completeness:
    """Entries of one community: the fields, then the facts of its place's definition on ``day``."""
    missing = [label for field, label in FIELDS.items() if not _filled(getattr(community, field))]
    facts = [
        fact
        for fact in fact_views(community, rulebooks.layers_of(community.division), day)
        if fact.key not in NAMED_BY_FIELDS | NOT_NEEDED
    ]
    missing += [fact.words for fact in facts if fact.holds is None]
    total = len(FIELDS) + len(facts)
    return Completeness(total - len(missing), total, tuple(missing))


def _filled(value: object) -> bool:
    return value is not None and value != ""


def with_completeness(rows: QuerySet[Community]) -> QuerySet[Community]:
    """Communities with ``filled``: how many of ``FIELDS`` are there (facts are counted on the detail)."""
    one: Callable[[str], Case] = lambda field: Case(  # noqa: E731
        When(**{f"{field}": ""}, then=Value(0)) if field in {"address", "built_text", "property_right"}
        else When(**{f"{field}__isnull": True}, then=Value(0)),
        default=Value(1), output_field=IntegerField(),
    )  # fmt: skip
    expression: object = Value(0)
    for field in FIELDS:
        expression = expression + one(field)  # type: ignore[operator]
    return rows.annotate(filled=Coalesce(expression, Value(0)))
