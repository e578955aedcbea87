"""Built years as they are written in registers: free text to the earliest and the latest year.

Decisions where the text leaves a choice:
- 「2000年以前」「2000年底前」 has no earliest year; its latest is 2000 (以前 is read as including the number).
- 「2000年以后」 has no latest year, and what asks for the latest treats it as unknown.
- 「1990年代」 and 「90年代初」 are the whole decade: 初 and 末 name no year.
- 「1998-03」 with a hyphen is a month; 「1998~03」 and 「1998至03」 are 1998–2003.
- Two digits from 49 are 19xx, below 30 20xx: 「95年」 is 1995, 「05年」 is 2005. 「30年」 to 「48年」 and 「建成30年」
  are more likely an age than a year: not understood.
- 「1995或1997」 is 1995–1997: what isn't known can't make a community older. 「1995（估）」 and 「1995?」 are about 1995.
- 「1995、不详」 is not wholly known: it has no latest year.
"""

import datetime as dt
import re
import unicodedata
from collections.abc import Callable
from dataclasses import dataclass

FIRST, LAST = 1800, 2100  # a built year outside is a typing error
LONGEST = 200
UNKNOWN = re.compile(
    r"不详|未知|不明|不清楚?|待查|待定|待核实?|暂无|无资料|缺失|未填报?|n/a|none|null|unknown", re.IGNORECASE
)
BLANK = re.compile(r"[-~_/\\?.·。*…\s]*|无")
CHINESE = "〇零○一二两三四五六七八九"
DIGITS = str.maketrans(CHINESE, "0001223456789")
LABELS = re.compile(
    r"第?(?<!\d)\d{1,3}(?:[、,]\d{1,3})*(?:号楼?|栋|幢|#楼?|单元|期|排|号院)|"
    r"第?[一二三四五六七八九十]+(?:号楼|栋|幢|单元|期|排)|[A-Za-z](?:座|栋|幢|区)"
)
FILLER = re.compile(
    r"(?:约|大约|大概|左右|前后|上下|时间|年代|年份|年|月|底|初|末|中|建成|建造|建设|竣工|交付|始建|建于|建|于|其中|部分|[东西南北主旧新老]楼|"
    r"分别|分期|共|和|与|或者?|及|至|到|在|为|是|不等|陆续|估计?|推测|[-~、,;:.()/&+?·|\\ ])*+"
)
APPROXIMATE = re.compile(r"约|大概|左右|前后|上下|年代|不等|估|推测|\?")
CENTURY = r"(20世纪|21世纪|上个?世纪|本世纪)?"
MONTH, DAY = r"(?:1[0-2]|0?[1-9])", r"(?:3[01]|[12]\d|0?[1-9])"
CLOCK = r"(?:[T ]\d{1,2}:\d{2}(?::\d{2}(?:\.\d+)?)?(?:Z|\+\d{2}:?\d{2})?)?"


@dataclass(frozen=True)
class BuiltYears:
    """``text`` as found; years included at both ends, None where not known.

    ``understood`` is False for nonsense: an import shows a cell error, eligibility treats it as unknown. ``note`` is Chinese.
    """

    text: str
    earliest: int | None
    latest: int | None
    understood: bool = True
    approximate: bool = False
    note: str = ""


@dataclass(frozen=True)
class _Span:
    earliest: int | None
    latest: int | None
    note: str = ""


def _century(two: int) -> int:
    return two + (1900 if two >= 30 else 2000)


def _one(found: re.Match[str]) -> _Span:
    return _Span(int(found[1]), int(found[1]))


def _month_form(found: re.Match[str]) -> _Span:
    note = f"{found[0]} 按 {found[1]} 年某月理解" if "-" in found[0] else ""
    return _Span(int(found[1]), int(found[1]), note)


def _decade(century: str | None, digits: str) -> int:
    if len(digits) == 4:
        return int(digits)
    if century:
        return int(digits) + (2000 if century in ("21世纪", "本世纪") else 1900)
    return _century(int(digits))


def _decade_form(found: re.Match[str]) -> _Span:
    first = _decade(found[1], found[2])
    return _Span(first, first + 9)


def _decades_form(found: re.Match[str]) -> _Span:
    first, last = _decade(found[1], found[2]), _decade(found[1], found[3])
    return _Span(min(first, last), max(first, last) + 9)


def _short_form(found: re.Match[str]) -> _Span:
    first, tail = int(found[1]), int(found[2])
    second = first // 100 * 100 + tail
    second += 100 if second < first else 0
    return _Span(first, second, f"{found[0]} 按 {first}、{second} 理解")


def _two_form(found: re.Match[str]) -> _Span:
    year = _century(int(found[1]))
    return _Span(year, year, f"{found[0]} 按 {year} 年理解")


# Longest forms first: each match is taken out of the text, and what is left in the end must be filler words.
FORMS: tuple[tuple[re.Pattern[str], Callable[[re.Match[str]], _Span]], ...] = (
    (re.compile(rf"(?<!\d)(\d{{4}})([-/.]){MONTH}\2{DAY}(?!\d){CLOCK}"), _one),
    (re.compile(r"(?<!\d)(\d{4})(?:0[1-9]|1[0-2])(?:0[1-9]|[12]\d|3[01])(?!\d)"), _one),
    (re.compile(rf"(?<!\d)(\d{{4}})年{MONTH}月(?:份|{DAY}[日号])?"), _one),
    (
        re.compile(
            rf"(?<!\d){CENTURY}((?:\d{{2}})?\d0)(?:年代)?[-~至到、和]((?:\d{{2}})?\d0)年代[初中末后早晚]{{0,2}}期?"
        ),
        _decades_form,
    ),
    (re.compile(rf"(?<!\d){CENTURY}((?:\d{{2}})?\d0)年代[初中末后早晚]{{0,2}}期?"), _decade_form),
    (re.compile(rf"(?<!\d)(\d{{4}})[-/.]{MONTH}(?![\d年])"), _month_form),
    (re.compile(r"(?<!\d)(\d{4})年?[-~至到、,/](\d{2})(?![\d月日号.])年?"), _short_form),
    (re.compile(r"(?<!\d)(\d{4})\.0+(?!\d)"), _one),
    (
        re.compile(r"(?<!\d)(\d{4})年?底?(?:及其?)?(?:之前|以前|前(?!后))"),
        lambda found: _Span(None, int(found[1]), f"只知在 {found[1]} 年以前（含）"),
    ),
    (
        re.compile(r"(?<!\d)(\d{4})年?底?(?:及其?)?(?:之后|以后|以来|后)"),
        lambda found: _Span(int(found[1]), None, f"只知在 {found[1]} 年以后，最晚年份不详"),
    ),
    (re.compile(r"(?<!\d)(\d{4})(?!\d)年?"), _one),
    (re.compile(r"(?<![\d.成造])(0\d|1\d|2\d|49|[5-9]\d)(?![\d.月日号户栋幢层%])年?"), _two_form),
)


def built_years(raw: object) -> BuiltYears:
    """Years of a cell or a text. Takes str, int, float (as Excel gives them), date, datetime or None; never raises."""
    if isinstance(raw, dt.date):
        return BuiltYears(raw.isoformat(), raw.year, raw.year)
    text = "" if raw is None else str(raw)
    if isinstance(raw, bool) or len(text) > LONGEST:
        return _nonsense(text)
    plain = _plain(text)
    if BLANK.fullmatch(plain):
        return BuiltYears(text, None, None, note="未填报")
    unknown = bool(UNKNOWN.search(plain))
    rest, spans = UNKNOWN.sub(" ", plain), list[_Span]()
    for form, build in FORMS:
        spans += [build(found) for found in form.finditer(rest)]
        rest = form.sub(" ", rest)
    if not FILLER.fullmatch(rest) or not (spans or unknown):
        return _nonsense(text)
    if not spans:
        return BuiltYears(text, None, None, note="建成时间不详")
    return _joined(text, spans, unknown, bool(APPROXIMATE.search(plain)))


def _joined(text: str, spans: list[_Span], unknown: bool, approximate: bool) -> BuiltYears:
    years = [year for span in spans for year in (span.earliest, span.latest) if year is not None]
    if any(not FIRST <= year <= LAST for year in years):
        return _nonsense(text)
    notes = [span.note for span in spans if span.note]
    if unknown:
        notes.append("部分建成时间不详，最晚年份按不详处理")
    open_end = unknown or any(span.latest is None for span in spans)
    return BuiltYears(
        text,
        None if any(span.earliest is None for span in spans) else min(years),
        None if open_end else max(years),
        approximate=approximate,
        note="；".join(dict.fromkeys(notes)),
    )


def _nonsense(text: str) -> BuiltYears:
    return BuiltYears(text, None, None, understood=False, note=f"看不懂的建成时间：{text.strip()[:40]}")


def _plain(text: str) -> str:
    """Half-width digits and marks, Chinese numerals of years and months as digits; labels of buildings and phases removed."""
    plain = re.sub(r"[~〜∼—–―−‐‑]+", "~", re.sub(r"\s+", " ", unicodedata.normalize("NFKC", text)).strip())
    plain = plain.replace("二十一世纪", "21世纪").replace("二十世纪", "20世纪")
    plain = re.sub(r"(?<!\d)(19|20) (\d\d)(?!\d)", r"\1\2", plain)  # 「20 00」, a year torn apart by a table
    plain = re.sub(  # 「七八十年代」「八、九十年代」
        r"(?<![十\d])([一二三四五六七八九])、?([一二三四五六七八九])十年代",
        lambda m: f"{m[1].translate(DIGITS)}0~{m[2].translate(DIGITS)}0年代",
        plain,
    )
    plain = re.sub(
        r"([一二三四五六七八九])十(?=年代|[、~至到和-][一二三四五六七八九]十年代)",
        lambda m: m[1].translate(DIGITS) + "0",
        plain,
    )
    plain = re.sub(
        rf"(?<![{CHINESE}十])(?:[{CHINESE}]{{4}}|[{CHINESE}]{{2}})(?=[年~至到、/.,()-]|以|之|$)",
        lambda m: m[0].translate(DIGITS),
        plain,
    )
    plain = re.sub(r"(?<![一二三四五六七八九十])(十[一二]|十|[一二三四五六七八九])(?=月)", _month, plain)
    plain = re.sub(r"\s*([-~、,;/年月日号至到])\s*", r"\1", plain)
    return LABELS.sub(" ", plain)


def _month(found: re.Match[str]) -> str:
    word = found[1]
    if word == "十":
        return "10"
    return word.replace("十", "1").translate(DIGITS)
