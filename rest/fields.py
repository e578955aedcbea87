"""``fields=name,stage``: the caller picks columns."""

from typing import Any

from rest_framework.request import Request

from rest.parameters import invalid


def select(serializer: Any, request: Request) -> Any:
    """Keep only the columns that ``fields`` names (top level), in the serializer's order. Raises Invalid for an unknown one."""
    text = request.query_params.get("fields")
    if text is None:
        return serializer
    inner = getattr(serializer, "child", serializer)
    wanted = [name.strip() for name in text.split(",") if name.strip()]
    unknown = [name for name in wanted if name not in inner.fields]
    if unknown or not wanted:
        listed = "、".join(inner.fields)
        raise invalid("fields", f"没有列 {'、'.join(unknown) or '（空）'}；可用：{listed}")
    for name in set(inner.fields) - set(wanted):
        inner.fields.pop(name)
    return serializer
