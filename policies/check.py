"""Checks a rulebook against the text that it transcribes, and against good sense.

``check_quotes`` holds every quoted word to the source text; ``check_book`` looks for what a lawyer would stumble over;
``check_floors`` compares thresholds with what lies above. They read the source text and change nothing.
"""

import re
from collections.abc import Callable, Collection, Iterable, Iterator, Sequence
from dataclasses import dataclass, replace
from pathlib import Path
from typing import Any, Literal

from policies.kinds import KINDS, Threshold
from policies.layers import Layers
from policies.load import BUNDLED, TEXTS, Library, RulebookError, load_library, load_rulebook, read_yaml, rulebook_paths
from policies.model import Provision, Rulebook
from policies.whereabouts import standing, whereabouts

ELLIPSIS = "…"
SHORTEST, SHOWN = 4, 12  # signs: fewer in common are chance; as many are shown of what differs
# A page number printed alone on its line ("- 10 -") is furniture of the page, not text; it falls into the middle of
# sentences.
_PAGE_NUMBER = re.compile(r"^[ \t]*-[ \t]*\d+[ \t]*-[ \t]*$", re.MULTILINE)
# Words by which a strength is known; a provision without any of them has to say in ``reading`` why.
_SIGNS: dict[str, tuple[str, ...]] = {
    "in_principle": ("原则上",),
    "strive": ("力争", "优先", "鼓励", "探索", "引导", "倡导", "支持", "积极", "争取", "重点", "倾斜"),
    "may": ("可", "无需"),
}
PERCENTAGES = ("plan_consent", "survey_coverage", "satisfaction", "funding_share")


@dataclass(frozen=True)
class Problem:
    """Something wrong with a rulebook: ``key`` names the rule, item or body; a warning doesn't fail the check."""

    place: str
    key: str
    reason: str
    level: Literal["error", "warning"] = "error"
    where: str = ""

    def __str__(self) -> str:
        return f"{'错误' if self.level == 'error' else '警告'}：{self.where or self.place}：{self.key}：{self.reason}"


def squeeze(text: str) -> str:
    """The text without white space and printed page numbers: what quotes are compared in."""
    return re.sub(r"\s+", "", _PAGE_NUMBER.sub("", text))


def stands_in(quote: str, squeezed: str) -> bool:
    """Whether ``quote`` stands verbatim in a squeezed text; ``…`` joins pieces that must be found in this order."""
    pieces = [piece for piece in squeeze(quote).split(ELLIPSIS) if piece]
    start = 0
    for piece in pieces:
        found = squeezed.find(piece, start)
        if found < 0:
            return False
        start = found + len(piece)
    return bool(pieces)


def source_text(book: Rulebook, folders: Sequence[Path] = (TEXTS,)) -> str | None:
    """The squeezed source text from the first folder that holds it; None where the document has none. OSError."""
    if book.document.source_text is None:
        return None
    name = Path(book.document.source_text).name  # a file of these folders and of no other
    found = next((folder / name for folder in folders if (folder / name).is_file()), folders[-1] / name)
    return squeeze(found.read_text(encoding="utf-8"))


def check_quotes(book: Rulebook, folders: Sequence[Path] = (TEXTS,)) -> list[Problem]:
    """Every quote, catalogue phrase, duty and word of the document that isn't found in its source text.

    A document without source text (statutes) has nothing to be compared with; an unreadable text is itself a problem.
    """
    place = book.document.place
    try:
        text = source_text(book, folders)
    except (OSError, UnicodeDecodeError) as error:
        return [Problem(place, "document.source_text", f"无法读取原文“{book.document.source_text}”：{_unread(error)}")]
    if text is None:
        return []
    return [
        Problem(place, key, f"原文中没有这段文字：{words}。{parting(words, text)}")
        for key, words in quoted(book)
        if not stands_in(words, text)
    ]


def parting(quote: str, squeezed: str) -> str:
    """How far a quote goes with the text, and how both go on: what somebody looks for who has mistyped a word."""
    start = 0
    for piece in (piece for piece in squeeze(quote).split(ELLIPSIS) if piece):
        found = squeezed.find(piece, start)
        if found >= 0:
            start = found + len(piece)
            continue
        same = next((n for n in range(len(piece) - 1, SHORTEST - 1, -1) if squeezed.find(piece[:n], start) >= 0), 0)
        if not same:
            return f"“{piece[:SHOWN]}”开头的几个字就没有找到；看是不是抄自别处，或 source_text 不是这份文件"
        end = squeezed.find(piece[:same], start) + same
        theirs, ours = squeezed[end : end + SHOWN], piece[same : same + SHOWN]
        return f"到“{piece[max(0, same - SHOWN) : same]}”为止一致，接下去原文是“{theirs}”，这里写的是“{ours}”"
    return ""


def _unread(error: Exception) -> str:
    if isinstance(error, UnicodeDecodeError):
        return "不是 UTF-8 编码；用记事本打开，“另存为”时编码选 UTF-8"
    return "没有这个文件；把原文的纯文本放在规则库旁边，文件名与 source_text 相同"


def quoted(book: Rulebook) -> Iterator[tuple[str, str]]:
    """Every (key, words) that a rulebook takes from its document."""
    for rule in book.rules:
        for number, provision in enumerate(rule.provisions, start=1):
            yield f"{rule.id}.provisions[{number}].quote", provision.quote
            for words in _words(provision):
                yield f"{rule.id}.provisions[{number}].params", words
    if book.catalogue is not None:
        for item in (*book.catalogue.items, *book.catalogue.outside_classes):
            yield f"catalogue.{item.name}.within", item.within
            yield f"catalogue.{item.name}.name", item.name
            if item.condition:
                yield f"catalogue.{item.name}.condition", item.condition
        for item_class, words in book.catalogue.open_ended.items():
            yield f"catalogue.open_ended.{item_class}", words
    if book.bodies is not None:
        for duty in (*book.bodies.bodies, *book.bodies.duties_elsewhere):
            yield f"bodies.{duty.body}.duty", duty.duty


_WORDS: dict[str, Callable[[Any], list[str]]] = {
    "exclusions": lambda params: [row.words for row in params.rows],
    "recorded_facts": lambda params: list(params.facts.values()),
    "ranking": lambda params: [criterion.words for criterion in params.criteria],
    "programme_target": lambda params: [row.words for row in params.bands],
    "permit_waivers": lambda params: [row.words for row in params.waivers],
    "payers": lambda params: [row.words for row in params.rows],
    "means": lambda params: list(params.words),
    "content_limit": lambda params: [*params.about, *params.allowed],
    "fund_use": lambda params: list(params.items),
}


def _words(provision: Provision) -> list[str]:
    take = _WORDS.get(provision.kind)
    return take(provision.params) if take is not None else []


def check_book(book: Rulebook) -> list[Problem]:
    """What is seen without the text: empty sections, rules that say nothing, gates that never block, odd strengths."""
    place = book.document.place
    problems = [Problem(place, key, reason) for key, reason in _sections(book)]
    for rule in book.rules:
        for name in ("title", "does"):
            if not getattr(rule, name).strip():
                problems.append(Problem(place, f"{rule.id}.{name}", "不能为空"))
        for number, provision in enumerate(rule.provisions, start=1):
            key = f"{rule.id}.provisions[{number}]"
            problems += [Problem(place, f"{key}.{inner}", reason) for inner, reason in _provision_errors(provision)]
            problems += [Problem(place, f"{key}.strength", reason, "warning") for reason in _strength_doubts(provision)]
    return problems + _repeated_gates(book)


def _sections(book: Rulebook) -> Iterator[tuple[str, str]]:
    if not book.rules:
        yield "rules", "没有任何规则"
    if book.document.level == "national":
        return
    if book.catalogue is None or not book.catalogue.items:
        yield "catalogue", "缺少改造内容目录"
    if book.bodies is None or not (book.bodies.bodies or book.bodies.duties_elsewhere):
        yield "bodies", "缺少机构与职责"
    if book.catalogue is not None:
        for item in book.catalogue.items:
            if item.item_class not in book.catalogue.classes:
                yield f"catalogue.{item.name}.class", f"类别不在 classes 之中：{item.item_class}"
            if (item.five is None) != (item.five_basis is None):
                yield f"catalogue.{item.name}.five_basis", "five 与 five_basis 要么都写，要么都不写"


def _provision_errors(provision: Provision) -> Iterator[tuple[str, str]]:
    if not provision.clause.strip():
        yield "clause", "缺少条款号"
    if not provision.quote.strip():
        yield "quote", "缺少引文"
    if provision.kind == "gate" and provision.strength in ("may", "def"):
        yield "strength", "可以、定义不能作为关口：它们从不阻挡"
    if (
        provision.in_force_from is not None
        and provision.in_force_until is not None
        and provision.in_force_until < provision.in_force_from
    ):
        yield "in_force_until", "早于施行日期"


def _strength_doubts(provision: Provision) -> Iterator[str]:
    """Where the words of the quote don't carry the strength and no reading says why."""
    if provision.reading:
        return
    signs = _SIGNS.get(provision.strength)
    if signs is not None and not any(sign in provision.quote for sign in signs):
        yield f"引文里没有“{'、'.join(signs[:3])}”一类的用语，也没有写明读法"
    if provision.strength == "must" and provision.quote.startswith(("原则上", "鼓励", "力争")):
        yield "引文以“原则上、鼓励、力争”开头，却按必须处理"


def _repeated_gates(book: Rulebook) -> list[Problem]:
    seen: set[tuple[Any, ...]] = set()
    problems = []
    for rule in book.rules:
        for provision in rule.provisions:
            if provision.kind != "gate":
                continue
            gate = provision.params
            key = (rule.id, gate.step, gate.evidence, gate.matter, gate.applies_when)
            if key in seen:
                problems.append(Problem(book.document.place, rule.id, f"关口重复：{gate.step}、{gate.evidence}"))
            seen.add(key)
    return problems


def check_floors(layers: Layers) -> list[Problem]:
    """Thresholds of the lowest book below a floor or an upper must: a warning, since the floor governs anyway."""
    problems: list[Problem] = []
    for rule in layers.books[0].rules:
        for provision in rule.provisions:
            for above in _above(layers, provision):
                problems += _looser(layers.place, provision, above)
    return problems


def _above(layers: Layers, provision: Provision) -> Iterator[Provision]:
    """Floors and upper musts of the same kind (for votes: on one of the same matters)."""
    if provision.kind != "vote" and provision.kind not in PERCENTAGES:
        return
    for book in layers.books[1:]:
        for rule in book.rules:
            for upper in rule.provisions:
                if upper.kind != provision.kind or not (upper.floor or upper.strength == "must"):
                    continue
                if upper.kind != "vote" or set(upper.params.matters) & set(provision.params.matters):
                    yield upper


def _looser(place: str, provision: Provision, above: Provision) -> Iterator[Problem]:
    for name in KINDS[provision.kind].model_fields:
        asked, floor = getattr(provision.params, name), getattr(above.params, name)
        if isinstance(asked, Threshold) and isinstance(floor, Threshold) and floor.stricter_than(asked):
            reason = f"{name} 低于 {above.rule_id}（{above.clause}）：{asked.share} 对 {floor.share}；按上位规定执行"
            yield Problem(place, provision.rule_id, reason, "warning")


@dataclass(frozen=True)
class Report:
    """What ``check_files`` looked at and found."""

    books: tuple[Rulebook, ...]
    problems: tuple[Problem, ...]

    @property
    def errors(self) -> int:
        """Number of problems that fail the check."""
        return sum(problem.level == "error" for problem in self.problems)


def check_files(paths: Iterable[Path]) -> Report:
    """Load the rulebooks at ``paths`` over the bundled ones and check them. RulebookError where one isn't understood.

    A source text is looked for beside the rulebook first, then among the bundled texts.
    """
    books = {file: load_rulebook(file) for path in paths for file in rulebooks_at(path)}
    known = {book.document.place: book for book in load_library(BUNDLED)} if _needs_bundled(books.values()) else {}
    library = Library(known | {book.document.place: book for book in books.values()})
    problems: list[Problem] = []
    for file, book in books.items():
        folders = (*([file] if file.is_dir() else []), file.parent, TEXTS)
        found = check_quotes(book, folders) + check_book(book) + check_floors(library.layers(book.document.place))
        places = whereabouts(file) if found else {}
        problems += [replace(problem, where=standing(problem.key, places)) for problem in found]
    return Report(tuple(books.values()), tuple(problems))


def rulebooks_at(path: Path) -> list[Path]:
    """The rulebooks that a path means: itself (a file, a folder with one ``document``), else those in the folder."""
    if not path.exists():
        raise RulebookError(path, "—", "没有这个文件或文件夹")
    if not path.is_dir():
        return [path]
    contents = [read_yaml(file) for file in path.glob("*.yaml")]
    documents = sum(isinstance(content, dict) and "document" in content for content in contents)
    found = [path] if documents == 1 else rulebook_paths(path)
    if not found:
        raise RulebookError(path, "—", "文件夹里没有规则库（*.yaml）")
    return found


def _needs_bundled(books: Collection[Rulebook]) -> bool:
    """Whether a book lies over one that isn't among those given: only then are the bundled ones read too."""
    given = {book.document.place for book in books}
    return any(book.document.lies_over not in given | {None} for book in books)
