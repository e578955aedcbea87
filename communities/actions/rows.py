"""What every writer of this app does with a row: lock it, compare its version, check it, save it, raise the version."""

import datetime as dt
from collections.abc import Collection, Mapping
from typing import Any, TypeVar

from django.core.exceptions import ValidationError
from django.db import models

from offices.models import Record
from policies.refusal import Invalid, Stale

Row = TypeVar("Row", bound=Record)
STALE = "这一条在您打开之后已被他人修改，请刷新后核对再保存。"


def locked(row: Row, expected_version: int | None = None) -> Row:
    """The row as it stands now, locked until the transaction ends. Raises Stale where its version is not the expected one."""
    manager: models.Manager[Row] = type(row)._default_manager
    fresh = manager.select_for_update().get(pk=row.pk)
    if expected_version is not None and fresh.version != expected_version:
        raise Stale(STALE)
    return fresh


def assign(row: Record, values: Mapping[str, Any], allowed: Collection[str]) -> list[str]:
    """Set the values that differ; their field names in a stable order. Raises Invalid for a field that can't be set from outside."""
    unknown = sorted(set(values) - set(allowed))
    if unknown:
        raise Invalid("有不能填写的字段。", errors={name: ["此字段不能填写"] for name in unknown})
    changed, errors = [], {}
    for name in sorted(values):
        field = row._meta.get_field(name)
        try:
            value = field.to_python(values[name]) if isinstance(field, models.Field) else values[name]
        except ValidationError as error:
            errors[name] = list(error.messages)
            continue
        value = _tidy(field, value)
        if value != getattr(row, name):
            setattr(row, name, value)
            changed.append(name)
    if errors:
        raise Invalid("有字段填写不正确。", errors=errors)
    return changed


def _tidy(field: Any, value: Any) -> Any:
    if isinstance(field, models.CharField):
        return "" if value is None else str(value).strip()
    return value


def check(row: Record, fields: Collection[str]) -> None:
    """Validate the named fields of a row. Raises Invalid with the reasons by field."""
    others = [field.name for field in row._meta.get_fields() if field.name not in fields]
    errors: dict[str, list[str]] = {}
    try:
        row.clean_fields(exclude=others)
    except ValidationError as error:
        errors = {name: [str(text) for text in texts] for name, texts in error.message_dict.items()}
    for name in fields:
        value = getattr(row, name, None)
        if name.endswith("_area") and name not in errors and value is not None and value <= 0:
            errors[name] = ["面积应大于 0；不清楚时请留空"]
    if errors:
        raise Invalid("有字段填写不正确。", errors=errors)


def created(row: Row, at: dt.datetime) -> Row:
    """Insert a new row with its times."""
    row.created_at = row.updated_at = at
    row.save(force_insert=True)
    return row


def changed(row: Row, at: dt.datetime) -> Row:
    """Save a changed row: one version more."""
    row.version += 1
    row.updated_at = at
    row.save()
    return row


def need(text: str, field: str, label: str, limit: int = 300) -> str:
    """A text that must be there. Raises Invalid naming the field."""
    text = text.replace("\x00", "").strip()  # PostgreSQL keeps no NUL
    if not text:
        raise Invalid(f"请填写{label}。", errors={field: [f"请填写{label}"]})
    if len(text) > limit:
        raise Invalid(
            f"{label}不能超过 {limit} 个字。", errors={field: [f"不能超过 {limit} 个字，现有 {len(text)} 个字"]}
        )
    return text
