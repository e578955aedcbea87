"""A city's own staff write a rulebook: whatever is wrong with it is said with its line and the way out, never by a trace."""

import shutil
from pathlib import Path

import pytest
from django.core.management import CommandError, call_command

GUIDE = Path(__file__).parents[2] / "docs"
GOOD = (GUIDE / "example-rulebook.yaml").read_text(encoding="utf-8")


def guihua(folder: Path, text: str | bytes) -> Path:
    """The guide's example, as somebody changed it, beside its text."""
    shutil.copy(GUIDE / "example-rulebook.txt", folder)
    file = folder / "guihua.yaml"
    file.write_bytes(text if isinstance(text, bytes) else text.encode())
    return file


def first(part: str) -> str:
    """The first line that begins so, whole."""
    return next(line for line in GOOD.splitlines(keepends=True) if line.strip().startswith(part))


def line(part: str) -> int:
    """Its number."""
    return next(number for number, text in enumerate(GOOD.splitlines(), start=1) if text.strip().startswith(part))


def swapped(part: str, new: str) -> str:
    """Another line in its place, indented alike."""
    old = first(part)
    return GOOD.replace(old, old[: len(old) - len(old.lstrip())] + new + "\n", 1)


# What somebody did; the line on which it is said; what is said of it.
BROKEN: dict[str, tuple[str | bytes, int, tuple[str, ...]]] = {
    "a kind nobody knows": (swapped("- kind:", "- kind: eligibility_year"), line("- kind:"), ("不认识的类别", "eligibility_years")),
    "no quote": (GOOD.replace(first("quote:"), "", 1), line("- kind:"), ("quote", "缺少这个键", "加一行“quote: …”")),
    "a quote that is not in the text": (swapped("quote:", "quote: 改造全部小区"), line("quote:"), ("原文中没有这段文字", "改造全部")),
    "a day that is none": (swapped("transcribed_on:", "transcribed_on: 2026-02-30"), line("transcribed_on:"), ("没有这一天", "2026-02-30")),
    "a day in words": (swapped("transcribed_on:", "transcribed_on: 今年三月"), line("transcribed_on:"), ("类型不对", "2026-03-01")),
    "a strength nobody knows": (swapped("strength:", "strength: shall"), line("strength:"), ("只能是 'must'", "'shall'")),
    "a key mistyped": (swapped("strength:", "strenght: must"), line("strength:"), ("不认识的键", "是不是想写 strength")),
    "a tab": (swapped("clause:", "\tclause: 一"), line("clause:"), ("制表符",)),
    "a colon of another width": (swapped("strength:", "strength：must"), line("strength:") + 1, ("不是有效的 YAML", "冒号")),
    "a colon in a text": (swapped("quote:", "quote: 改造: 小区"), line("quote:"), ("整句加引号",)),
    "another encoding": (GOOD.encode("gbk"), 1, ("不是 UTF-8", "另存为")),
    "a sign that nobody sees": (swapped("title:", "title: 办\x07法"), line("title:"), ("看不见的控制字符",)),
    "a quotation mark without its other": (swapped("quote:", 'quote: "改造'), line("quote:"), ("不是有效的 YAML", "引号")),
    "rules in no list": (GOOD[: GOOD.index("rules:")] + "rules: 无\n", line("rules:"), ("必须是列表", "- id:")),
    "a level nobody knows": (swapped("level:", "level: town"), line("level:"), ("只能是", "'town'")),
    "a province that is not there": (swapped("lies_over:", "lies_over: guangdong"), 0, ("guangdong", "规则库")),
    "a mapping for a key": (GOOD + "? [a, b]\n: 1\n", GOOD.count("\n") + 1, ("键要写成一个词",)),
}  # fmt: skip


@pytest.mark.parametrize("case", BROKEN)
def test_what_is_wrong_is_said_with_its_line_and_the_way_out(
    case: str, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    text, number, words = BROKEN[case]
    file = guihua(tmp_path, text)
    with pytest.raises(CommandError) as caught:
        call_command("check_rulebook", str(file))
    said = f"{capsys.readouterr().out}\n{caught.value}"
    assert "Traceback" not in said
    assert not number or f"第 {number} 行" in said, said
    assert all(word in said for word in words), said


def test_a_number_written_as_a_decimal_and_a_number_twice_are_both_said(tmp_path: Path) -> None:
    rule = GOOD[GOOD.index("- id:") :].split("\n- id:")[0] + "\n"
    text = GOOD.replace("days: 7", "days: 7.5", 1)
    assert text != GOOD
    text = text.replace(rule, rule + rule, 1)
    with pytest.raises(CommandError) as caught:
        call_command("check_rulebook", str(guihua(tmp_path, text)))
    said = str(caught.value)
    assert "规则编号重复，第一次写在第" in said and "7.5" in said and "写整数" in said and "共 2 处" in said
    assert "notice_period" in said, "a provision of the kind is shown as it is written elsewhere"


def test_the_example_of_the_guide_passes_with_its_worked_examples(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    file, worked = guihua(tmp_path, GOOD), tmp_path / "worked" / "examples.yaml"
    worked.parent.mkdir()
    guide = (GUIDE / "rulebook-guide.md").read_text(encoding="utf-8")
    example = guide[guide.index("- name: 桂花") :].split("```")[0]
    worked.write_text(example, encoding="utf-8")
    call_command("check_rulebook", str(file), examples=[str(worked)])
    assert "1 passed, 0 failed" in capsys.readouterr().out
    worked.write_text(example.replace("eligible: true", "eligible: false"), encoding="utf-8")
    with pytest.raises(CommandError, match="没有全部通过"):
        call_command("check_rulebook", str(file), examples=[str(worked)])
