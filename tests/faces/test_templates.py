"""Every template of the platform under the strict Content-Security-Policy, and style sheets that stay small."""

import gzip
import re
from pathlib import Path

import pytest
from django.conf import settings
from django.template.loader import get_template

ROOT = Path(settings.BASE_DIR)
TEMPLATES = sorted(path for path in (ROOT / "templates").rglob("*.html"))
NAMES = [str(path.relative_to(ROOT / "templates")) for path in TEMPLATES]
SHEETS = sorted((ROOT / "static" / "css").glob("*.css"))


def test_there_are_templates() -> None:
    assert len(TEMPLATES) > 30 and len(SHEETS) >= 8


@pytest.mark.parametrize("path", TEMPLATES, ids=NAMES)
def test_no_inline_script_or_style(path: Path) -> None:
    text = path.read_text(encoding="utf-8")
    assert not re.search(r"\sstyle\s*=", text), "style="
    assert not re.search(r"<style[\s>]", text), "<style>"
    assert not re.search(r"\son[a-z]+\s*=\s*[\"']", text), "an inline handler"
    assert not re.search(r"javascript:", text), "javascript:"
    for tag in re.findall(r"<script\b[^>]*>", text):
        assert " src=" in tag or 'type="application/json"' in tag, tag


@pytest.mark.parametrize("path", TEMPLATES, ids=NAMES)
def test_nothing_comes_from_another_origin(path: Path) -> None:
    text = path.read_text(encoding="utf-8")
    assert not re.search(r"(?:src|href|action)=[\"'](?:https?:)?//", text)


@pytest.mark.parametrize("name", NAMES)
def test_template_compiles(name: str) -> None:
    get_template(name)


@pytest.mark.parametrize("path", SHEETS, ids=[path.name for path in SHEETS])
def test_style_sheets_are_short_and_take_colours_from_the_tokens(path: Path) -> None:
    text = path.read_text(encoding="utf-8")
    assert len(text.splitlines()) <= 400
    assert "@import" not in text and "url(http" not in text
    if path.name not in {"tokens.css", "errors.css", "print.css"}:
        assert not re.search(r"#[0-9a-fA-F]{3,8}\b", text)


def test_own_files_of_a_resident_page_are_small() -> None:
    """Style sheets and script together leave most of the 60 KB of a first load to the page itself."""
    names = ["tokens", "text", "forms", "parts", "tables", "frame", "public", "print"]
    files = [ROOT / "static" / "css" / f"{name}.css" for name in names] + [ROOT / "static" / "js" / "page.js"]
    assert sum(len(gzip.compress(file.read_bytes())) for file in files) < 20_000


def _luminance(colour: str) -> float:
    channels = [int(colour[number : number + 2], 16) / 255 for number in (1, 3, 5)]
    linear = [value / 12.92 if value <= 0.03928 else ((value + 0.055) / 1.055) ** 2.4 for value in channels]
    return 0.2126 * linear[0] + 0.7152 * linear[1] + 0.0722 * linear[2]


@pytest.mark.parametrize("paper", ["paper", "wash", "wash-2", "accent-wash", "amber-wash", "red-wash"])
@pytest.mark.parametrize("ink", ["ink", "ink-2", "accent", "red", "amber"])
def test_text_stands_out_at_seven_to_one(ink: str, paper: str) -> None:
    tokens = dict(re.findall(r"--([a-z0-9-]+): (#[0-9a-f]{6});", (ROOT / "static/css/tokens.css").read_text()))
    light, dark = _luminance(tokens[paper]), _luminance(tokens[ink])
    ratio = (light + 0.05) / (dark + 0.05)
    assert ratio >= (7 if paper in {"paper", "wash"} else 4.5), ratio
