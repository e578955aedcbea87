"""A malformed rulebook is refused with file, key and reason."""

from pathlib import Path
from textwrap import dedent

import pytest
from django.core.management import CommandError, call_command

from policies.load import BUNDLED, RulebookError, load_library, load_rulebook, rulebook_paths

DOCUMENT = """
document: {place: demo, place_name: 示例市, short: 示例, title: 办法, issuer: 示例市政府, level: city,
  transcribed_on: 2026-01-01}
"""
RULE = """
- id: DM-01
  topic: owners
  title: 表决
  does: 核对四项比例。
  provisions:
  - kind: vote
    clause: 一
    quote: 四分之三以上同意
    strength: must
    params:
      matters: [scheme]
      participation_area: {at_least: 2/3}
      participation_heads: {at_least: 2/3}
      agreement_area: {at_least: 3/4}
      agreement_heads: {at_least: 3/4}
"""
GOOD = DOCUMENT + "rules:" + RULE


def write(folder: Path, text: str, name: str = "demo.yaml") -> Path:
    path = folder / name
    path.parent.mkdir(parents=True, exist_ok=True)
    path.write_text(dedent(text), encoding="utf-8")
    return path


def refused(path: Path) -> RulebookError:
    with pytest.raises(RulebookError) as caught:
        load_rulebook(path)
    error = caught.value
    assert error.file in str(error) and error.key in str(error) and error.reason in str(error)
    return error


def test_the_good_one_is_read(tmp_path: Path) -> None:
    book = load_rulebook(write(tmp_path, GOOD))
    assert [rule.id for rule in book.rules] == ["DM-01"]
    assert book.rules[0].provisions[0].place == "demo"


CASES = {
    "unknown key at the top": ("rules:", "ruls:", "ruls", "不认识的键"),
    "unknown key in a rule": ("  title: 表决", "  titel: 表决", "DM-01.title", "缺少这个键"),
    "unknown key in a provision": (
        "    clause: 一",
        "    clause: 一\n    clase: 二",
        "DM-01.provisions[1].clase",
        "不认识的键",
    ),
    "unknown key in a parameter": (
        "      matters: [scheme]",
        "      matters: [scheme]\n      quorum: 1/2",
        "DM-01.provisions[1].params.quorum",
        "不认识的键",
    ),
    "unknown kind": ("kind: vote", "kind: votes", "DM-01.provisions[1].kind", "不认识的类别 'votes'"),
    "unknown strength": ("strength: must", "strength: should", "DM-01.provisions[1].strength", "'should'"),
    "unknown matter": ("[scheme]", "[plan]", "DM-01.provisions[1].params.matters.0", "'plan'"),
    "decimal threshold": (
        "agreement_area: {at_least: 3/4}",
        "agreement_area: {at_least: 0.75}",
        "DM-01.provisions[1].params.agreement_area.at_least",
        "不要写小数",
    ),
    "no fraction": (
        "agreement_area: {at_least: 3/4}",
        "agreement_area: {at_least: 3/0}",
        "DM-01.provisions[1].params.agreement_area.at_least",
        "不是分数",
    ),
    "two thresholds at once": (
        "agreement_area: {at_least: 3/4}",
        "agreement_area: {at_least: 3/4, more_than: 1/2}",
        "DM-01.provisions[1].params.agreement_area",
        "只能写一个",
    ),
    "missing clause": ("    clause: 一\n", "", "DM-01.provisions[1].clause", "缺少这个键"),
    "missing document": (DOCUMENT, "", "document", "缺少文件信息"),
    "unknown level": ("level: city", "level: town", "document.level", "'town'"),
    "bad rule ID": ("id: DM-01", "id: dm1", "dm1.id", "写法不对"),
    "no provisions": (RULE[RULE.index("  provisions:") :], "  provisions: []\n", "DM-01.provisions", "至少要有一条"),
    "rules not a list": ("rules:" + RULE, "rules: 无\n", "rules", "必须是列表"),
    "duplicate rule ID": (RULE, RULE + RULE, "DM-01", "规则编号重复"),
}


@pytest.mark.parametrize("case", CASES)
def test_a_malformed_rulebook_names_file_key_and_reason(case: str, tmp_path: Path) -> None:
    old, new, key, reason = CASES[case]
    assert old in GOOD
    path = write(tmp_path, GOOD.replace(old, new, 1))
    error = refused(path)
    assert error.file == str(path)
    assert error.key == key
    assert reason in error.reason


def test_a_key_written_twice_names_its_line(tmp_path: Path) -> None:
    error = refused(write(tmp_path, GOOD.replace("    strength: must\n", "    strength: must\n    strength: may\n")))
    line = GOOD[: GOOD.index("    strength: must\n")].count("\n") + 2
    assert error.key == f"第 {line} 行"
    assert "键重复：strength" in error.reason


def test_text_that_is_not_yaml_names_its_line(tmp_path: Path) -> None:
    error = refused(write(tmp_path, "document: {place: demo\n"))
    assert "不是有效的 YAML" in error.reason and error.key.startswith("第 ")


def test_a_section_written_in_two_files_is_refused_where_it_comes_second(tmp_path: Path) -> None:
    write(tmp_path, DOCUMENT, "demo/a.yaml")
    second = write(tmp_path, DOCUMENT, "demo/b.yaml")
    error = refused(tmp_path / "demo")
    assert (error.file, error.key) == (str(second), "document")


def test_in_a_folder_the_file_at_fault_is_named(tmp_path: Path) -> None:
    write(tmp_path, DOCUMENT, "demo/document.yaml")
    duty = "{body: 市住建局, level: town, kind: housing, duty: 负责, clause: 一}"
    bodies = write(tmp_path, "bodies: {bodies: [" + duty + "]}", "demo/bodies.yaml")
    rules = write(tmp_path, "rules:" + RULE, "demo/owners.yaml")
    error = refused(tmp_path / "demo")
    assert (error.file, error.key) == (str(bodies), "bodies.bodies.0.level")
    bodies.unlink()
    rules.write_text("rules:" + RULE.replace("kind: vote", "kind: x"), encoding="utf-8")
    assert refused(tmp_path / "demo").file == str(rules)


def test_the_revision_follows_the_content_and_nothing_else(tmp_path: Path) -> None:
    first = load_rulebook(write(tmp_path, GOOD)).revision
    moved = load_rulebook(write(tmp_path / "other", "# a comment\n" + GOOD)).revision
    changed = load_rulebook(write(tmp_path, GOOD.replace("3/4}", "4/5}", 1))).revision
    assert first == moved != changed


def above(path: Path, lies_over: str, place: str = "demo") -> Path:
    text = GOOD.replace("place: demo", f"place: {place}").replace("level: city", f"level: city, lies_over: {lies_over}")
    return write(path, text, f"{place}.yaml")


def test_lying_over_a_place_that_does_not_exist_is_refused(tmp_path: Path) -> None:
    above(tmp_path, "nowhere")
    with pytest.raises(RulebookError) as caught:
        load_library(tmp_path)
    assert (caught.value.file, caught.value.key) == ("demo", "document.lies_over")
    assert "nowhere" in caught.value.reason


def test_a_circle_is_refused(tmp_path: Path) -> None:
    above(tmp_path, "second", place="first")
    above(tmp_path, "first", place="second")
    with pytest.raises(RulebookError) as caught:
        load_library(tmp_path)
    assert caught.value.key == "document.lies_over" and "成环" in caught.value.reason


def test_a_file_named_otherwise_than_its_place_is_refused(tmp_path: Path) -> None:
    path = write(tmp_path, GOOD, "other.yaml")
    with pytest.raises(RulebookError) as caught:
        load_library(tmp_path)
    assert (caught.value.file, caught.value.key) == (str(path), "document.place")


def test_a_city_replaces_a_bundled_rulebook_with_its_own(tmp_path: Path) -> None:
    above(tmp_path, "national", place="liuzhou")
    library = load_library(BUNDLED, tmp_path)
    assert [rule.id for rule in library.layers("liuzhou").books[0].rules] == ["DM-01"]
    assert "liuzhou" in library and "nowhere" not in library


def test_a_folder_that_is_not_there_holds_no_rulebooks(tmp_path: Path) -> None:
    assert rulebook_paths(tmp_path / "nothing") == []


def test_the_command_prints_the_reason_and_fails(tmp_path: Path) -> None:
    path = write(tmp_path, GOOD.replace("3/4}", "0.75}", 1))
    with pytest.raises(CommandError) as caught:
        call_command("check_rulebook", str(path))
    assert "不要写小数" in str(caught.value) and "demo.yaml" in str(caught.value)
    assert caught.value.returncode == 1


def test_the_command_prints_every_problem_and_fails_on_an_error(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    write(tmp_path, "四分之三以上同意", "text.txt")
    named = GOOD.replace("level: city", "level: city, source_text: text.txt")
    path = write(tmp_path, named.replace("quote: 四分之三以上同意", "quote: 三分之二以上同意"))
    with pytest.raises(CommandError) as caught:
        call_command("check_rulebook", str(path))
    line = GOOD[: GOOD.index("quote: ")].count("\n") + 1
    wrong = f"错误：demo.yaml 第 {line} 行：DM-01.provisions[1].quote：原文中没有这段文字：三分之二以上同意"
    assert wrong in capsys.readouterr().out
    assert str(caught.value) == "3 处错误"  # the quote, and that there is neither a catalogue nor a list of bodies


def test_the_command_passes_a_bundled_rulebook(capsys: pytest.CaptureFixture[str]) -> None:
    call_command("check_rulebook", str(BUNDLED / "liuzhou"))
    printed = capsys.readouterr().out
    assert printed.startswith("liuzhou：柳州市 柳政规〔2022〕3号，33 条规则、")
    assert "没有错误" in printed
