"""A document's text as paragraphs with headings: broken lines of the transcription joined again, nothing else changed."""

import re
from dataclasses import dataclass

HEADING = re.compile(
    r"^(?:[一二三四五六七八九十]{1,3}、|（[一二三四五六七八九十]{1,3}）|第[一二三四五六七八九十]+[章条])"
)
CHAPTER = re.compile(r"^(?:[一二三四五六七八九十]{1,3}、|第[一二三四五六七八九十]+章|附件\s*\d?)")
STARTS = re.compile(r"^(?:\d{1,2}[.．、]|（\d{1,2}）|[①-⑳]|附件|——)")
TITLE = re.compile(r"^[\u4e00-\u9fff]{3,10}$")
APART = 2  # blank lines that set a paragraph apart; one alone is the transcription's line spacing
ENDS = "。；：！？）"


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
    return len(previous) > 18 and previous[-1] not in ENDS and not previous.endswith("通知")


def _level(text: str, *, apart: bool) -> int:
    if (CHAPTER.match(text) and len(text) <= 40) or (apart and TITLE.match(text)):
        return 2
    return 3 if HEADING.match(text) and len(text) <= 40 else 0


def paragraphs(text: str) -> list[Paragraph]:
    """Paragraphs of a transcribed text in their order."""
    joined: list[tuple[str, bool]] = []
    blank = 0
    for raw in text.replace("\f", "\n\n").splitlines():
        line = _clean(raw)
        if not line:
            blank += 1
            continue
        apart, blank = blank >= APART, 0
        if joined and not apart and _continues(joined[-1][0], line):
            joined[-1] = (joined[-1][0] + line, joined[-1][1])
        else:
            joined.append((line, apart))
    return [
        Paragraph(line, _level(line, apart=apart), f"p{number}") for number, (line, apart) in enumerate(joined, start=1)
    ]
