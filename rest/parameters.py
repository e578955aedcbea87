"""Query parameters: what is not known is refused, never ignored."""

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
            f"不认识的查询参数：{'、'.join(sorted(unknown))}。可用的参数：{listed}。", code="unknown_parameter", errors=unknown
        )
    for name, values in request.query_params.lists():
        if len(values) > 1 and name not in repeatable:
            raise invalid(name, "这个参数只能给一次")
        for value in values:
            check_text(value, name, code="invalid_parameter")


def invalid(name: str, reason: str) -> Invalid:
    """The refusal of one parameter's value."""
    return Invalid(f"参数 {name}：{reason}。", code="invalid_parameter", errors={name: [reason]})
