"""Resident pages in the oldest browsers that Bootstrap 5 knows (Chrome 60, iOS 12): no rule is lost for one word that they do not know."""

import re
from pathlib import Path

import pytest

from renovation.styles import SHEETS
from tests.faces.stage import ROOT

PUBLIC = [ROOT / "templates" / name for name in ("base.html", "base_public.html")] + [
    path for part in ("portal", "rulebooks", "errors") for path in sorted((ROOT / "templates" / part).rglob("*.html"))
]
FILE = re.compile(r"static '([^']+)'")
RULE = re.compile(r"([^{}]+)\{([^{}]*)\}")
# A selector that a browser does not know takes the whole rule with it, a value only itself.
NEWER_SELECTOR = re.compile(r":(?:is|where|has)\(|:not\([^()]*,|:not\([^()]* |:dir\(|:popover|&")
NEWER_SCRIPT = re.compile(
    r"\?\.(?!\d)|\?\?|\*\*=|\bawait\b|\basync\b|catch\s*\{|\.\.\.|(?<![\w/])#[a-z]\w*|\bimport\(|\.at\(|\.flatMap\(|\.flat\(|replaceAll|matchAll"
    r"|Object\.fromEntries|globalThis|\d_\d|\d+n\b|\|\|=|&&=|structuredClone|IntersectionObserver|ResizeObserver|\(\?<"
)
KNOWN = {  # comforts that nothing hangs on, each with what the old browser shows instead
    ".section > :where(:not(h2, h3)) + :where(p, ul, ol, dl, div, form, details, article), "
    ".columns > * > :where(:not(h2, h3)) + :where(p, ul, ol, dl, div, form, details, article)": "old.css says it anew",
    '.survey-question .survey-choices fieldset > div:has([type="radio"])': "choices beside each other",
    '.survey-question .survey-choices fieldset > div:has([type="radio"]) > div': "choices beside each other",
}  # fmt: skip


def loaded(ending: str) -> list[Path]:
    """Files of ours with this ending that resident pages load."""
    names = {name for path in PUBLIC for name in FILE.findall(path.read_text())} | set(SHEETS)
    return [ROOT / "static" / name for name in sorted(names) if name.endswith(ending) and "vendor" not in name]


def rules(path: Path) -> list[tuple[str, str]]:
    """(selector, declarations) of a sheet."""
    text = re.sub(r"/\*.*?\*/", "", path.read_text(), flags=re.S)
    return [(" ".join(selector.split()), body) for selector, body in RULE.findall(text)]


def test_the_look_finds_what_is_new() -> None:
    for words in (
        "a?.b",
        "a ?? b",
        "async function f() {}",
        "try {} catch {}",
        "class A { #x = 1 }",
        "{...a}",
        "/(?<=a)b/",
    ):
        assert NEWER_SCRIPT.search(words), words
    assert not NEWER_SCRIPT.search("const a = b ? .5 : 1; let c = `${a}`; list.forEach(function (x) {});")
    assert NEWER_SELECTOR.search("a:not(b, c)") and not NEWER_SELECTOR.search("a:not([type='x']):not(.b) > c")


def test_scripts_of_resident_pages_are_older_than_their_browsers() -> None:
    found = loaded(".js")
    assert ROOT / "static/js/page.js" in found
    for path in found:
        text = re.sub(r"//[^\n]*|/\*.*?\*/|\"[^\"\n]*\"|'[^'\n]*'", "", path.read_text(), flags=re.S)
        assert not NEWER_SCRIPT.findall(text), path.name


@pytest.mark.parametrize("path", loaded(".css"), ids=lambda path: path.name)
def test_no_rule_is_lost_for_one_word(path: Path) -> None:
    for selector, body in rules(path):
        assert not NEWER_SELECTOR.search(selector) or selector in KNOWN, f"{path.name}: {selector}"
        said = re.findall(r"(?:^|[;\s])(inset|aspect-ratio|(?:padding|margin)-(?:block|inline))\s*:", body)
        assert not said, f"{path.name}: {selector} {said}"
        assert not re.search(r"\d(?:dvh|svh|lvh|cqw)|:\s*(?:clamp|color-mix)\(", body), f"{path.name}: {selector}"


def test_every_line_with_a_gap_has_one_without_gap() -> None:
    """Parts of a line stand apart where ``gap`` is for grids alone."""
    old = {one.strip() for selector, _ in rules(ROOT / "static/css/old.css") for one in selector.split(",")}
    starts = {re.sub(r" > \*.*$", "", one) for one in old}
    for path in loaded(".css"):
        for selector, body in rules(path):
            if re.search(r"display:\s*(?:inline-)?flex", body) and re.search(r"(?<!column-)gap:", body):
                assert {one.strip() for one in selector.split(",")} <= starts, f"{path.name}: {selector}"
