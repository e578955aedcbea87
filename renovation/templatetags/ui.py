"""Filters and components of every page: ``{% load ui %}``. How each looks stands in docs/design.md."""

import datetime as dt
import re
from decimal import Decimal
from fractions import Fraction
from typing import Any

from django import template
from django.template.context import Context
from django.utils import timezone
from django.utils.html import format_html, format_html_join
from django.utils.http import urlencode
from django.utils.safestring import SafeString

from communities.rules import masks
from policies.calendar import WorkingCalendar
from policies.model import STRENGTH_LABELS, Document, Provision, Strength
from policies.refusal import Citation, cite
from renovation import words

register = template.Library()

ICONS = {
    "tick": "M4 12.5l5 5L20 6.500",
    "dot": "M12 8a4 4 0 1 0 0 8a4 4 0 1 0 0-8",
    "ring": "M12 4a8 8 0 1 0 0 16a8 8 0 1 0 0-16",
    "clock": "M12 4a8 8 0 1 0 0 16a8 8 0 1 0 0-16M12 8v4.500l3 2",
    "alert": "M12 4L2.500 20h19zM12 10v4.500M12 17.400v.1",
    "cross": "M6 6l12 12M18 6L6 18",
    "back": "M9 7l-5 5l5 5M4 12h11a5 5 0 0 1 0 10",
    "pen": "M4 20l1-4L16 5l3 3L8 19z",
    "pause": "M8 5v14M16 5v14",
    "bell": "M6 17V11a6 6 0 0 1 12 0v6l1.500 2h-15zM10 21h4",
    "menu": "M4 6h16M4 12h16M4 18h16",
    "seal": "M4 20h16M6 17h12v-3h-4c0-3 2-4 2-7a4 4 0 0 0-8 0c0 3 2 4 2 7H6z",
    "minus": "M5 12h14",
    "down": "M12 4v15M6 13l6 6l6-6",
    "up": "M12 20V5M6 11l6-6l6 6",
}
# Kind of status → its icon. "late" (breached deadlines, errors) alone is red, "due" alone is amber.
STATUS_ICONS = {
    "done": "tick", "now": "dot", "wait": "ring", "due": "clock", "late": "alert", "draft": "pen", "stop": "cross",
    "back": "back", "pause": "pause", "excepted": "seal", "none": "minus",
}  # fmt: skip
STATUS_CLASSES = {"back": "due", "excepted": "done", "none": "wait", "pause": "wait"}


def _local(value: Any) -> Any:
    return timezone.localtime(value) if isinstance(value, dt.datetime) and timezone.is_aware(value) else value


@register.simple_tag
def icon(name: str) -> SafeString:
    """An inline icon, hidden from screen readers: the word beside it says the same."""
    return format_html(
        '<svg class="icon" viewBox="0 0 24 24" aria-hidden="true" focusable="false"><path d="{}"/></svg>', ICONS[name]
    )


@register.simple_tag
def status(kind: str, word: str) -> SafeString:
    """A status word with its icon: done, now, wait, due, late, draft, stop, back, pause, excepted, none."""
    return format_html(
        '<span class="status status-{}">{}{}</span>', STATUS_CLASSES.get(kind, kind), icon(STATUS_ICONS[kind]), word
    )


@register.filter
def day(value: dt.date | None) -> str:
    """2022年7月5日; 未填报 for None."""
    return words.date_words(_local(value))


@register.filter
def moment(value: dt.datetime | None) -> str:
    """2022年7月5日 14:32 in Asia/Shanghai."""
    return words.moment_words(_local(value))


@register.filter
def wan(value: Decimal | int | None) -> str:
    """Yuan as 万元 with two decimals, without the unit."""
    return words.wan_words(value)


@register.filter
def yuan(value: Decimal | int | None) -> str:
    """Yuan with two decimals, without the unit."""
    return words.yuan_words(value)


@register.filter
def area(value: Decimal | int | None) -> str:
    """㎡ with two decimals, without the unit."""
    return words.area_words(value)


@register.filter
def count(value: int | None) -> str:
    """A whole number with separators; 未填报 for None."""
    return words.count_words(value)


@register.filter
def filled(value: Any) -> Any:
    """The value, or 未填报 where it is None or an empty text. Zero and False stay."""
    return format_html('<span class="nothing">{}</span>', words.UNKNOWN) if value is None or value == "" else value


@register.filter
def percent(value: Fraction | None) -> str:
    """A Fraction as a percentage that is never rounded to 0 or 100%."""
    return words.UNKNOWN if value is None else words.percent_words(value)


@register.filter
def share_percent(share: Any) -> str:
    """The percentage of something with ``part``, ``whole`` and ``threshold``, never rounded across the threshold."""
    if not share.whole:
        return words.INAPPLICABLE
    exact = Fraction(share.part) / Fraction(share.whole)
    return words.percent_words(exact, share.threshold.share, strict=share.threshold.strict)


@register.filter
def strength(value: Strength) -> str:
    """The word of a strength: 必须, 原则上, 力争、鼓励, 可以, 定义."""
    return STRENGTH_LABELS[value]


@register.filter
def masked_name(value: str) -> str:
    """张**."""
    return masks.mask_name(value)


@register.filter
def masked_phone(value: str) -> str:
    """138****5678."""
    return masks.mask_phone(value)


@register.simple_tag(takes_context=True)
def remaining(
    context: Context, due: dt.date, unit: str = "working", done_on: dt.date | None = None, strength: Strength = "must"
) -> SafeString:
    """Days left of a due day as a status: 剩余3个工作日 / 今日到期 / 已超期2个工作日; ``unit="calendar"`` says 天.

    ``today`` and ``calendar`` come from the context (the frame puts them there). With ``done_on`` the duty is done. Only what breaches a
    must is red (逾期); under a weaker ``strength`` it lags (滞后) and is amber.
    """
    if done_on is not None:
        late = done_on > due
        return status("done", f"{words.date_words(done_on)}完成{'，晚于期限' if late else ''}")
    today: dt.date = context["today"]
    calendar: WorkingCalendar = context.get("calendar") or WorkingCalendar()
    text = words.remaining_words(due, today, calendar.is_working if unit == "working" else None)
    if due < today:
        return status("late", text) if strength == "must" else status("due", text.replace("已超期", "滞后"))
    return status("due" if (due - today).days <= 7 else "wait", text)


@register.simple_tag(takes_context=True)
def waited(context: Context, since: dt.datetime) -> str:
    """今天送来, or 已等待12天 (calendar days)."""
    days = (context["today"] - _local(since).date()).days
    return f"已等待{days}天" if days > 0 else "今天送来"


@register.inclusion_tag("components/clause.html")
def clause(citation: Citation | Provision | None, document: Document | None = None) -> dict[str, Any]:
    """The clause tag: a Citation, or a provision with its document; None prints 未作规定."""
    if isinstance(citation, Provision):
        if document is None:
            raise TypeError("条款标签要有规定所在的文件")
        citation = cite(citation, document)
    label = STRENGTH_LABELS.get(citation.strength, citation.strength) if citation else ""  # type: ignore[call-overload]
    return {"citation": citation, "strength": label}


@register.inclusion_tag("components/meter.html")
def meter(
    label: str, part: Decimal | int, whole: Decimal | int, threshold: Any = None, unit: str = "户", citation: Any = None,
    document: Document | None = None,
) -> dict[str, Any]:  # fmt: skip
    """A share as a bar with its threshold marked. ``threshold`` has ``share``, ``strict`` and ``met`` (``policies.kinds.Threshold``).

    Says part, whole, percentage (never rounded across the threshold) and what is still missing, in the unit.
    """
    exact = Fraction(part) / Fraction(whole) if whole else Fraction(0)
    share = threshold.share if threshold else None
    strict = bool(threshold and threshold.strict)
    met = threshold.met(Fraction(part), Fraction(whole)) if threshold else None
    return {
        "label": label, "shown_part": _amount(part), "shown_whole": _amount(whole), "unit": unit,
        "citation": citation, "document": document, "met": met,
        "percent": words.percent_words(exact, share, strict=strict) if whole else words.INAPPLICABLE,
        "threshold": words.share_words(share, strict=strict) if share is not None else "",
        "missing": _missing(part, whole, share, strict=strict) if share is not None and not met and whole else "",
        "fill": f"{float(min(exact, Fraction(1))) * 100:.2f}",  # a drawing's width, not a figure
        "mark": f"{float(share) * 100 - 0.25:.2f}" if share is not None else "",
    }  # fmt: skip


def _amount(value: Decimal | int) -> str:
    """A count with separators, an area with two decimals."""
    return words.area_words(value) if isinstance(value, Decimal) else f"{value:,}"


def _missing(part: Decimal | int, whole: Decimal | int, share: Fraction, *, strict: bool) -> str:
    """What is still needed, in whole units or hundredths of the unit."""
    step = Fraction(1, 100) if isinstance(part, Decimal) or isinstance(whole, Decimal) else Fraction(1)
    steps = (share * Fraction(whole) - Fraction(part)) / step
    needed = -(-steps.numerator // steps.denominator)
    if strict and needed == steps:
        needed += 1
    total = Fraction(needed) * step
    return f"{total.numerator:,}" if step == 1 else words.area_words(Decimal(needed).scaleb(-2))


@register.inclusion_tag("components/figure.html")
def figure(
    label: str, numerator: Decimal | int | None, denominator: Decimal | int | None = None, unit: str = "", href: str = "",
    as_of: dt.datetime | None = None, of: str = "",
) -> dict[str, Any]:  # fmt: skip
    """A key figure. With a denominator it is a rate that shows both; a small sample (under 30) is marked."""
    rate = denominator is not None
    value = words.INAPPLICABLE
    if rate and denominator and numerator is not None:
        value = words.percent_words(Fraction(numerator) / Fraction(denominator))
    elif not rate:
        value = words.count_words(numerator) if not isinstance(numerator, Decimal) else words.area_words(numerator)
    small = bool(rate and denominator is not None and 0 < denominator < 30)
    return {
        "label": label, "value": value, "numerator": numerator, "denominator": denominator, "rate": rate, "unit": unit,
        "href": href, "as_of": as_of, "of": of, "small": small,
    }  # fmt: skip


@register.filter
def marked(value: str, wanted: list[str]) -> SafeString:
    """The text with every occurrence of the wanted words in <mark>."""
    if not wanted:
        return format_html("{}", value)
    parts = re.split(f"({'|'.join(re.escape(word) for word in wanted)})", value, flags=re.IGNORECASE)
    shown = (format_html("<mark>{}</mark>", part) if number % 2 else part for number, part in enumerate(parts))
    return format_html_join("", "{}", ((part,) for part in shown))


@register.simple_tag(takes_context=True)
def sort_link(context: Context, field: str, label: str) -> SafeString:
    """The link in a column head that sorts by ``field`` (``?ordering=field`` / ``-field``), other parameters kept.

    Put it in ``<th aria-sort="{% aria_sort 'field' %}">``.
    """
    query = context["request"].GET.copy()
    current = query.get("ordering", "")
    query["ordering"] = f"-{field}" if current == field else field
    query.pop("page", None)
    arrow = icon("up") if current == field else icon("down") if current == f"-{field}" else SafeString("")
    return format_html('<a class="sort" href="?{}">{}{}</a>', query.urlencode(), label, arrow)


@register.simple_tag(takes_context=True)
def aria_sort(context: Context, field: str) -> str:
    """ascending, descending or none, for the head of a sortable column."""
    current = context["request"].GET.get("ordering", "")
    return {field: "ascending", f"-{field}": "descending"}.get(current, "none")


@register.simple_tag(takes_context=True)
def with_query(context: Context, **changes: Any) -> str:
    """This page's query string with changes; None or an empty text takes a parameter out. Begins with ``?``."""
    query = context["request"].GET.copy()
    for key, value in changes.items():
        if value is None or value == "":
            query.pop(key, None)
        else:
            query[key] = str(value)
    return f"?{urlencode(list(query.lists()), doseq=True)}"
