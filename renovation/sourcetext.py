"""A document's text as paragraphs with headings: broken lines of the transcription joined again, nothing else changed."""

import re
from dataclasses import dataclass

HEADING = re.compile(r"^(?:[一二三四五六七八九十]{1,3}、|（[一二三四五六七八九十]{1,3}）|第[一二三四五六七八九十]+[章条])")
CHAPTER = re.compile(r"^(?:[一二三四五六七八九十]{1,3}、|第[一二三四五六七八九十]+章|附件\s*\d?)")
STARTS = re.compile(r"^(?:\d{1,2}[.．、]|（\d{1,2}）|[①-⑳]|附件|——)")
ENDS = "。；：！？”）》"


@dataclass(frozen=True)
class Paragraph:
    """One paragraph; ``level`` 2 chapter, 3 section, 0 plain text. ``anchor`` names a heading in the page."""

    text: str
    level: int
    anchor: str


def _clean(line: str) -> str:
    return re.sub(r"(?<=[^\x00-\x7f]) +| +(?=[^\x00-\x7f])", "", line.strip())


def _continues(previous: str, line: str) -> bool:
    """Whether ``line`` goes on a paragraph that the page break or column width had broken."""
    if HEADING.match(line) or STARTS.match(line) or CHAPTER.match(line):
        return False
    return len(previous) > 18 and previous[-1] not in ENDS


def _level(text: str) -> int:
    if CHAPTER.match(text) and len(text) <= 40:
        return 2
    return 3 if HEADING.match(text) and len(text) <= 40 else 0


def paragraphs(text: str) -> list[Paragraph]:
    """Paragraphs of a transcribed text in their order."""
    joined: list[str] = []
    for raw in text.splitlines():
        line = _clean(raw)
        if not line:
            continue
        if joined and _continues(joined[-1], line):
            joined[-1] += line
        else:
            joined.append(line)
    return [Paragraph(line, _level(line), f"p{number}") for number, line in enumerate(joined, start=1)]
