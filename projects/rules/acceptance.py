"""Which parties sign an acceptance and which parts are accepted apart, by the gates of the place; the list of a project's archive."""

import datetime as dt
from collections.abc import Collection, Sequence
from dataclasses import dataclass

from policies.answer import citation
from policies.kinds import Step
from policies.layers import Layers
from policies.refusal import Citation
from projects.rules.gates import gates_of

REPORT = "acceptance_report"  # a paper among the parties of 柳州: the report itself answers it


@dataclass(frozen=True)
class Asked:
    """A party or part that a document names, with its clause."""

    key: str
    label: str
    citation: Citation


def asked(layers: Layers, *, day: dt.date, step: Step, evidence: str, facts: frozenset[str]) -> tuple[Asked, ...]:
    """What the gates of a step name one by one for a kind of evidence, each once, in the order of the documents."""
    found: dict[str, Asked] = {}
    for provision in gates_of(layers, day=day, step=step, facts=facts):
        if provision.params.evidence == evidence:
            for paper in provision.params.requires:
                if not paper.optional:
                    found.setdefault(paper.key, Asked(paper.key, paper.label, citation(layers, provision)))
    return tuple(found.values())


def parties(layers: Layers, *, day: dt.date, facts: frozenset[str] = frozenset()) -> tuple[Asked, ...]:
    """Who signs an acceptance (LZ-13, RC-19, CZ-05, JX-07); empty: 未作规定."""
    return asked(layers, day=day, step="accept", evidence="acceptance_parties", facts=facts)


def separate(layers: Layers, *, day: dt.date, facts: frozenset[str]) -> tuple[Asked, ...]:
    """What the competent bodies accept by themselves before the whole (CZ-16)."""
    return asked(layers, day=day, step="accept", evidence="separate_acceptances", facts=facts)


def absent(wanted: Sequence[Asked], present: Collection[str]) -> list[str]:
    """Names of those that are not there yet."""
    return [each.label for each in wanted if each.key not in present]


# CZ-08 and JX-10 say 参照住房保障档案管理 and name no list: this one is the platform's own, and every page says so.
ARCHIVE_NOTE = "平台默认：文件要求参照住房保障档案管理，没有列出目录"
ARCHIVE_LIST: tuple[tuple[str, str], ...] = (
    ("survey", "调查登记和居民意愿材料"),
    ("plan", "年度计划及下达文件"),
    ("scheme", "改造方案、审查意见和公示材料"),
    ("vote", "业主表决或同意材料"),
    ("budget", "预算、评审和资金文件"),
    ("procurement", "招标或采购文件、合同"),
    ("permits", "开工手续及免办依据"),
    ("drawings", "设计文件和竣工图"),
    ("construction", "施工、监理和质量安全记录"),
    ("acceptance", "竣工验收材料"),
    ("filing", "竣工验收备案材料"),
    ("account", "竣工财务决算材料"),
    ("handover", "移交清单"),
    ("photos", "改造前后照片"),
)
ARCHIVE_LABELS = dict(ARCHIVE_LIST)


def archive_missing(held: Collection[str]) -> list[str]:
    """Papers of the list that are neither in nor marked as not applicable."""
    return [label for key, label in ARCHIVE_LIST if key not in held]
