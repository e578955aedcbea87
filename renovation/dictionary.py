"""The data dictionary: every column of every resource with its official Chinese name beside the English one, read from the serializers.

A column is called what its serializer or its model says; one that neither names stands in ``WORDS``. ``docs/dictionary.md`` is written
from here by ``manage.py dictionary``, and a test holds the two equal.
"""

import re
from collections.abc import Iterator
from dataclasses import dataclass
from typing import Any, get_type_hints

from django.core.exceptions import FieldDoesNotExist
from rest_framework import serializers

from renovation.api.documentation import schema
from renovation.api.registry import resources
from renovation.register import BASE_DIR, TESTS
from rest.serializers import HundredthsField, LabelField, ReferenceField, ReferenceListField, ShareField

DICTIONARY = BASE_DIR / "docs" / "dictionary.md"
CONTRACT = TESTS / "data" / "contract-v1.txt"
_HAN = re.compile(r"[\u4e00-\u9fff]")
# What a column is called where neither its serializer nor its table says so.
WORDS = {
    "project": "项目", "evidence": "材料种类", "key": "材料", "checked": "已核对", "parties": "签字", "defects": "问题和报修",
    "spot_checks": "抽检核验", "text": "内容",
    "uid": "编号", "subject": "事项", "county": "县（市、区）", "division": "区划", "parent": "上级区划", "roles": "职责",
    "rulebook": "适用规则库", "revision": "规则库版本", "confirmed_by": "复核人", "confirmed_at": "复核时间", "confirmed": "已复核",
    "made_by": "编制人", "reopened_at": "重开时间", "reopened_by": "重开人", "closed_by": "关账人", "closed_at": "关账时间",
    "entered_by": "录入人", "person": "当事人（隐去）", "community": "小区", "communities": "小区", "content_hash": "内容校验值",
    "total": "合计", "payees": "收款单位", "was_late": "逾期完成", "secret": "签名密钥", "by": "经办人", "counts": "各状态行数",
    "columns": "表格的列", "report": "写入结果", "progress": "进度", "applied_at": "写入时间", "undone_at": "撤销时间",
    "overdue": "是否超期", "repeats": "九十日内的重复投诉", "answers": "答复", "agent_name": "代理人姓名（隐去）",
    "agent_id_number": "代理人证件号（隐去）", "agent_phone": "代理人电话（隐去）", "submitted_body": "申报机构",
    "submitted_by": "申报人", "stages": "环节", "opinions": "意见", "copies": "抄送", "body": "机构", "revoked_at": "收回时间",
    "state": "状态", "files": "附件", "counted_in": "期限的算法", "days": "公示天数", "objections": "意见数",
    "open_objections": "待答复的意见", "questions": "问卷", "phase": "阶段", "result": "结果", "left": "可分配", "planned": "计划",
    "received": "到位", "paid": "拨付", "spent": "支出", "available": "可用", "lines": "明细", "commitments": "落实的资金",
    "changes": "补充协议和资金安排", "concerns": "所涉合同", "reverses": "冲销的分录", "drafted_by": "制单人",
    "posted_by": "入账人", "posted_at": "入账时间", "legs": "借贷各项", "about_kind": "所涉对象的种类", "about_uid": "所涉对象",
    "notes": "说明和答复", "items": "评审内容", "fund": "专账", "rule": "依据的条款", "withdrawn_at": "撤回时间",
    "line_count": "项目数", "community_count": "小区数", "households": "户数", "floor_area": "面积", "homes": "户数",
    "withheld": "不公开个人资金", "as_of": "账面截至", "sources": "资金来源", "uses": "资金用途", "funding_plan": "资金计划",
    "gifts": "捐物与投工投劳",
}  # fmt: skip
TABLES = {
    "permits": "许可和手续",
    "filings": "报上级备案",
    "webhooks": "数据推送",
    "agencies": "授权委托书",
    "organisations": "居民组织",
    "disclosures": "资金公开",
}
_KINDS: tuple[tuple[type[Any] | tuple[type[Any], ...], str], ...] = (
    (ReferenceListField, "[{uid, name}]"), (ReferenceField, "{uid, name}"), (ShareField, "占比"), (LabelField, "文本"),
    (serializers.BooleanField, "是否"), (serializers.IntegerField, "整数"), (serializers.DateTimeField, "时刻"),
    (serializers.DateField, "日期"), (serializers.UUIDField, "UUID"), ((serializers.ListField, serializers.ListSerializer), "列表"),
    ((serializers.DictField, serializers.JSONField, serializers.Serializer), "对象"),
)  # fmt: skip
_SAID = (("list", "列表"), ("dict", "对象"), ("bool", "是否"), ("int", "整数"), ("Any", "对象"))


@dataclass(frozen=True)
class Column:
    """A column: its name in JSON, its official name, its kind, the words of its choices or what else there is to say."""

    name: str
    label: str
    kind: str
    note: str


@dataclass(frozen=True)
class Resource:
    """A resource with its official name and its columns."""

    name: str
    label: str
    columns: tuple[Column, ...]


def described() -> Iterator[Resource]:
    """Every resource that lists rows."""
    for prefix, view, _ in resources():
        shown = getattr(view, "serializer_class", None)
        if shown is not None and hasattr(view, "list"):
            label = label_of(prefix, view)
            yield Resource(prefix, label, tuple(columns_of(shown())))


def label_of(prefix: str, view: Any) -> str:
    """The Chinese name of a resource."""
    said = str(view.queryset.model._meta.verbose_name)
    return TABLES.get(prefix, said)


def columns_of(serializer: Any) -> Iterator[Column]:
    """The columns of a serializer of rows, in its order."""
    model = serializer.Meta.model
    for name, field in serializer.fields.items():
        kept = _kept(model, str(field.source))
        label = next(
            (word for word in (str(field.label or ""), _verbose(kept), WORDS.get(name, "")) if _HAN.search(word)), name
        )
        yield Column(name, label, _kind(field), _note(field, kept))


def headings(serializer: Any) -> dict[str, str]:
    """Official names of a serializer's columns by their English ones, each once."""
    found: dict[str, str] = {}
    for column in columns_of(serializer):
        taken = column.label in found.values()
        found[column.name] = f"{column.label}（{column.name}）" if taken else column.label
    return found


def _kept(model: Any, source: str) -> Any:
    """The model's column behind a column; None where it is worked out."""
    found: Any = None
    for part in source.split("."):
        try:
            found = model._meta.get_field(part)
        except FieldDoesNotExist:
            return None
        model = found.related_model or model
    return found


def _verbose(kept: Any) -> str:
    return str(getattr(kept, "verbose_name", ""))


def _kind(field: Any) -> str:
    if isinstance(field, HundredthsField):
        return "两位小数的文本"
    if isinstance(field, serializers.SerializerMethodField):
        said = str(get_type_hints(getattr(field.parent, str(field.method_name))).get("return", ""))
        return next((word for part, word in _SAID if part in said), "文本")
    return next((word for kinds, word in _KINDS if isinstance(field, kinds)), "文本")


def _note(field: Any, kept: Any) -> str:
    choices = getattr(field, "choices", None) or getattr(kept, "choices", None)
    if choices:
        pairs = choices.items() if isinstance(choices, dict) else choices
        return "、".join(f"{key} {word}" for key, word in pairs if key != "")
    words = str(field.help_text or "")
    return words if _HAN.search(words) or words.startswith(("{", "[")) else ""


def promises() -> set[str]:
    """Every operation and every column of the interface, a line each."""
    operations = {f"{method.upper()} {path}" for path, item in schema()["paths"].items() for method in item}
    return operations | {f"{resource.name}.{column.name}" for resource in described() for column in resource.columns}


def markdown() -> str:
    """The dictionary as ``docs/dictionary.md``."""
    parts = [
        "# 数据字典\n\n接口每种资源的每一列：英文名（JSON、CSV 中的列名）、中文名、类型、取值。"
        "由程序写出（`manage.py dictionary`），与接口一致。"
        "\n金额单位为元，面积单位为 ㎡；不带密钥时有的资源列数较少，见 `/api/v1/schema/`。\n"
    ]
    for resource in described():
        rows = "\n".join(f"| `{c.name}` | {c.label} | {c.kind} | {_cell(c.note)} |" for c in resource.columns)
        parts.append(
            f"\n## {resource.name} {resource.label}\n\n| 列 | 中文名 | 类型 | 取值、说明 |\n|---|---|---|---|\n{rows}\n"
        )
    return "".join(parts)


def _cell(text: str) -> str:
    return text.replace("|", "\\|").replace("\n", " ")
