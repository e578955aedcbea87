"""Query parameters: what is not known is refused, never ignored."""

import datetime as dt
import re
from collections.abc import Collection, Iterable

from rest_framework.request import Request

from policies.refusal import Invalid
from rest.parsers import check_text


def refuse_unknown(request: Request, allowed: Iterable[str], *, repeatable: Collection[str] = ()) -> None:
    """Raise Invalid where a parameter is unknown, given twice, or holds NUL.

    ``allowed`` are the names this address takes; ``repeatable`` those that may come several times.
    """
    names = sorted(set(allowed))
    listed = "、".join(names) or "（无）"
    unknown = {name: [f"不认识的参数；可用：{listed}"] for name in request.query_params if name not in names}
    if unknown:
        raise Invalid(
            f"不认识的查询参数：{'、'.join(sorted(unknown))}。可用的参数：{listed}。",
            code="unknown_parameter",
            errors=unknown,
        )
    for name, values in request.query_params.lists():
        if len(values) > 1 and name not in repeatable:
            raise invalid(name, "这个参数只能给一次")
        for value in values:
            check_text(value, name, code="invalid_parameter")


def invalid(name: str, reason: str) -> Invalid:
    """The refusal of one parameter's value."""
    return Invalid(f"参数 {name}：{reason}。", code="invalid_parameter", errors={name: [reason]})


def choice(request: Request, name: str, allowed: Iterable[str]) -> str | None:
    """A parameter that is one of ``allowed``; None where it is not given. Raises Invalid."""
    value = request.query_params.get(name)
    known = list(allowed)
    if value is not None and value not in known:
        raise invalid(name, f"须为 {'、'.join(known)} 之一")
    return value


def day(request: Request, name: str) -> dt.date | None:
    """A parameter that is an ISO day; None where it is not given. Raises Invalid."""
    value = request.query_params.get(name)
    if value is None:
        return None
    try:
        if re.fullmatch(r"\d{4}-\d{2}-\d{2}", value, re.ASCII):
            return dt.date.fromisoformat(value)
    except ValueError:
        pass
    raise invalid(name, "须为日期，如 2026-03-01")
