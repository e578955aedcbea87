"""An import is undone from its traces: rows that it made go, rows that it changed get back what they held.

Only while nothing stands on them. What would fall with a row is found by the database's own keys (every foreign key that points at it)
and by every column that names a row by its uid, so that a table added tomorrow is asked as well. The history is no obstacle and stays.
"""

import re
import uuid
from collections import defaultdict
from collections.abc import Callable, Iterable, Iterator, Sequence
from dataclasses import dataclass
from functools import reduce
from operator import or_
from typing import Any

from django.apps import apps
from django.db import models

from communities.models import ImportTrace
from policies.refusal import Refused

BATCH = 400
SPANS = 60  # of one statement
AT_ONCE = 5000  # rows deleted between two looks at whether somebody asked to stop
SHOWN = 5
# What follows its row wherever it goes: versions of the register, and pairs that the platform itself found alike.
FOLLOWS: dict[str, dict[str, Any]] = {
    "communities.CommunityRevision": {},
    "communities.DuplicatePair": {"decision": ""},
}
# Tables that name rows by uid and are no reason to keep one: records of what was, letters, the import itself.
SILENT = frozenset({
    "offices.HistoryEntry", "offices.Message", "offices.SmsMessage", "offices.Duty", "communities.ImportRow", "approvals.Code",
})  # fmt: skip
PERSONAL = frozenset({"communities.Person", "communities.Ownership"})  # whose title is a name
WORDS = {
    "Building": "楼栋", "Home": "房屋", "Person": "业主", "Ownership": "产权登记", "CommunityFact": "改造条件的认定",
    "Hazard": "隐患记录", "RollSettlement": "清册核定", "Agency": "委托", "Organisation": "业主组织",
    "DuplicatePair": "重复登记的结论", "ProjectCommunity": "改造项目", "PlanLine": "计划中的项目", "PlanVersion": "下达的计划",
    "StageDay": "阶段日期", "CompanionLine": "专项（管线）计划", "Permit": "审批手续", "Party": "参建单位",
    "WorkSpan": "施工进度", "MonthReport": "月报", "SchemeItem": "改造方案", "RollHome": "表决名册", "RollVoter": "表决名册",
    "NoticeCommunity": "公示", "GateException": "例外批准", "RankingFact": "排序打分", "AftercareRecord": "后续管理记录",
    "Defect": "质量问题",
}  # fmt: skip
HAN = re.compile(r"[\u4e00-\u9fff]")
Step = Callable[[str, int, int], None]


@dataclass(frozen=True)
class Standing:
    """Something that stands on rows of an import: what, on which, how many more of the kind."""

    what: str
    on: str
    more: int = 0

    @property
    def words(self) -> str:
        """One line for the list."""
        return f"{self.on}：{self.what}" + (f"，另有 {self.more} 处" if self.more else "")


class Traces:
    """What an import wrote, by model, with the rows as they stand now: locked, so that nothing new comes to stand on them."""

    def __init__(self, traces: Sequence[ImportTrace]) -> None:
        self.made: dict[type[models.Model], dict[int, int | None]] = defaultdict(dict)
        self.changed: list[ImportTrace] = []
        for trace in traces:
            if trace.before is None:
                keys = range(trace.row, trace.row + trace.count)
                self.made[_model(trace.model)].update(dict.fromkeys(keys, trace.version))
            else:
                self.changed.append(trace)
        self._seen: dict[type[models.Model], dict[int, Any]] = {}

    def rows(self, model: type[models.Model]) -> dict[int, Any]:
        """Rows of a model that the import made or changed and that are still there, by primary key."""
        if model not in self._seen:
            keys = set(self.made.get(model, ())) | {
                trace.row for trace in self.changed if trace.model == model._meta.label
            }
            held = model._base_manager.select_for_update(of=("self",)).order_by("pk")
            self._seen[model] = {row.pk: row for part in within("pk", keys) for row in held.filter(part).iterator()}
        return self._seen[model]


def _model(label: str) -> type[models.Model]:
    return apps.get_model(label)


def parts(keys: Sequence[Any]) -> Iterator[Sequence[Any]]:
    """So many at a time as a statement takes."""
    for start in range(0, len(keys), BATCH):
        yield keys[start : start + BATCH]


def within(name: str, keys: Iterable[int], most: int = 0) -> Iterator[models.Q]:
    """Conditions that hold for exactly these keys, as runs of neighbours: what an import made lies side by side, so that one statement
    speaks of all of it. ``most``: keys of one condition (0: any number)."""
    spans: list[list[int]] = []
    for key in sorted(keys):
        if spans and key == spans[-1][1] + 1 and not (most and key - spans[-1][0] >= most):
            spans[-1][1] = key
        else:
            spans.append([key, key])
    for start in range(0, len(spans), 1 if most else SPANS):
        part = spans[start : start + (1 if most else SPANS)]
        yield reduce(or_, (models.Q(**{f"{name}__gte": first, f"{name}__lte": last}) for first, last in part))


def standing_on(traces: Traces) -> list[Standing]:
    """Rows changed or gone since, and whatever points at rows that the import made."""
    found = moved(traces)
    for model, made in traces.made.items():
        rows = traces.rows(model)
        for relation in model._meta.get_fields(include_hidden=True):
            if isinstance(relation, models.ManyToOneRel) and relation.field.concrete:
                found += _pointing(relation, traces, made, rows)
        if any(field.name == "uid" for field in model._meta.concrete_fields):
            found += _naming(model, {row.uid: row for row in rows.values() if row.pk in made}, made)
    return found


def moved(traces: Traces) -> list[Standing]:
    """Rows that somebody changed or took away after the import."""
    versions = [(model, key, version) for model, made in traces.made.items() for key, version in made.items()]
    versions += [(_model(trace.model), trace.row, trace.version) for trace in traces.changed]
    found: dict[str, list[Any]] = defaultdict(list)
    for model, key, version in versions:
        row = traces.rows(model).get(key)
        if row is None:
            found["已不存在"].append(f"{_word(model)}（编号 {key}）")
        elif version is not None and row.version != version:
            found["导入后又有修改"].append(row)
    return [each for what, rows in found.items() for each in _told(what, rows)]


def _told(what: str, rows: Sequence[Any]) -> list[Standing]:
    """The first of the rows (or what stands for one) by their titles, and how many more there are."""
    shown: dict[str, None] = {}
    for row in rows:
        shown.setdefault(row if isinstance(row, str) else _title(row))
        if len(shown) == SHOWN:
            break
    return [Standing(what, title, len(rows) - SHOWN if n == SHOWN - 1 and len(rows) > SHOWN else 0) for n, title in
            enumerate(shown)]  # fmt: skip


def _word(model: type[models.Model]) -> str:
    """What a clerk calls a row of this model."""
    named = str(model._meta.verbose_name)
    return WORDS.get(model.__name__) or (named if HAN.search(named) else "后续记录")


def _title(row: Any) -> str:
    word, text = _word(type(row)), str(row)
    return f"{word}（编号 {row.pk}）" if row._meta.label in PERSONAL or " object (" in text else f"{word}“{text[:60]}”"


def _pointing(relation: Any, traces: Traces, keys: Iterable[int], rows: dict[int, Any]) -> list[Standing]:
    model, column = relation.related_model, relation.field.attname
    label = model._meta.label
    if label.startswith("communities.Import"):
        return []
    others = traces.made.get(model, {})
    own = list(within("pk", others))
    targets: list[Any] = []
    for part in within(relation.field.name, keys):
        pointing = model._base_manager.filter(part)
        if label in FOLLOWS:
            pointing = pointing.exclude(**FOLLOWS[label]) if FOLLOWS[label] else pointing.none()
        if len(own) == 1:  # its own rows point at each other: they are not even read
            pointing = pointing.exclude(own[0])
        found = pointing.values_list("pk", column).iterator()
        targets += [rows[target] for key, target in found if key not in others and target in rows]
    return _told(f"已有{_word(model)}", targets)


def _naming(named: type[models.Model], rows: dict[uuid.UUID, Any], keys: Iterable[int]) -> list[Standing]:
    found: list[Standing] = []
    uids = [named._base_manager.filter(part).values("uid") for part in within("pk", keys)]
    for model in apps.get_models():
        if model._meta.label in SILENT or not model._meta.managed:
            continue
        for field in model._meta.concrete_fields:
            if isinstance(field, models.UUIDField) and field.name.endswith("_uid"):
                naming = (model._base_manager.filter(**{f"{field.name}__in": part}) for part in uids)
                targets = [uid for part in naming for uid in part.values_list(field.attname, flat=True)]
                found += _told(f"已有{_word(model)}", [rows[uid] for uid in targets if uid in rows])
    return found


def refuse_standing(found: Sequence[Standing]) -> None:
    """Raises Refused with the list, where something stands."""
    if found:
        lines = [each.words for each in found]
        raise Refused(
            f"这次导入的内容上已有后续办理，不能整批撤销（{len(found)} 项）。请先逐项处理，或逐条更正。",
            errors={"standing": lines[:50]}, code="import_in_use",
        )  # fmt: skip


def _gone(model: type[models.Model], part: models.Q) -> int:
    """Delete rows on which nothing stands but what follows them; the database's keys refuse anything else. How many."""
    rows = model._base_manager.filter(part)
    for relation in model._meta.get_fields(include_hidden=True):
        if isinstance(relation, models.ManyToOneRel) and relation.related_model._meta.label in FOLLOWS:
            relation.related_model._base_manager.filter(**{f"{relation.field.name}__in": rows}).delete()
    return int(rows._raw_delete(rows.db))


def take_back(traces: Traces, *, at: Any, step: Step) -> None:
    """Delete made rows, the last made first, for those point at the earlier ones; then give changed rows back what they held."""
    total = len(traces.changed) + sum(map(len, traces.made.values()))
    done = 0
    by_model: dict[tuple[str, tuple[str, ...]], list[Any]] = defaultdict(list)
    for trace in traces.changed:
        row = traces.rows(_model(trace.model))[trace.row]
        for name, value in (trace.before or {}).items():
            field = row._meta.get_field(name)
            setattr(row, field.attname, field.to_python(value) if not field.is_relation else value)
        names = tuple(sorted(trace.before or {}))
        if hasattr(row, "version"):
            row.version, row.updated_at = row.version + 1, at
            names += ("version", "updated_at")
        by_model[trace.model, names].append(row)
    for model, made in reversed(traces.made.items()):
        for part in within("pk", made, AT_ONCE):
            done += _gone(model, part)
            step("正在撤销", done, total)
    for (label, names), rows in by_model.items():
        _model(label)._base_manager.bulk_update(rows, names, batch_size=200)
        done += len(rows)
        step("正在撤销", done, total)
