"""What is wrong with a rulebook in plain words, and the way out: for a city's own staff, who write no programs."""

from difflib import get_close_matches
from typing import Any, get_args

from pydantic import BaseModel
from pydantic_core import ErrorDetails

# Words of the YAML reader, and what they mean to somebody who typed the file.
_YAML: tuple[tuple[str, str], ...] = (
    ("cannot start any token", "这里用了不能用来开头的符号（如 @、`、%）；整段文字加上引号"),
    ("mapping values are not allowed", "一行里有两个“: ”，或上一行缩进不对；文字里有英文冒号的，整句加引号"),
    ("could not find expected ':'", "键的后面没有英文冒号和一个空格（是不是写成了中文冒号“：”）；写成 kind: vote"),
    ("did not find expected key", "缩进与同级的键没有对齐，或引号、括号没有成对；同级的键左边对齐"),
    ("did not find expected '-' indicator", "列表的各项没有对齐；同一列表的“- ”左边对齐"),
    ("did not find expected ',' or", "方括号或花括号没有成对，或中间少了英文逗号"),
    ("unexpected end of stream", "引号没有成对：这里开始的引号没有结束"),
    ("undefined alias", "以 * 开头的文字要加引号"),
    ("undefined tag", "以 ! 开头的文字要加引号"),
    ("could not determine a constructor", "以 ! 开头的文字要加引号"),
)
_NEEDS: tuple[tuple[str, str], ...] = (
    ("int_", "写整数，如 7：不加引号，不带小数点"),
    ("string_", "写文字；像数字、日期或真假值的文字加引号，如 '2026'"),
    ("bool_", "写 true 或 false"),
    ("date_", "写成 年-月-日，如 2026-03-01，日期要真有这一天"),
    ("tuple_", "写成列表：每项一行、以“- ”开头，或写在方括号里，如 [scheme]"),
    ("list_", "写成列表：每项一行、以“- ”开头，或写在方括号里，如 [scheme]"),
    ("dict_", "写成“键: 值”，或写在花括号里，如 {at_least: 2/3}"),
    ("model_", "写成“键: 值”，或写在花括号里，如 {at_least: 2/3}"),
)


def yaml_words(problem: str, lines: list[str]) -> str:
    """What the YAML reader means by what it says of a line (none: past the end of the file)."""
    if any("\t" in line[: len(line) - len(line.lstrip())] for line in lines):
        return "这一行用制表符（Tab）缩进；改成空格，与同级的键左边对齐"
    found = next((words for part, words in _YAML if part in problem), "")
    return found or "这一行附近读不懂；检查缩进是否对齐、冒号后有没有空格、引号和括号是否成对"


def reason(error: ErrorDetails) -> str:
    """What is wrong with a value."""
    context = error.get("ctx", {})
    match error["type"]:
        case "missing":
            return "缺少这个键"
        case "extra_forbidden":
            return "不认识的键"
        case "literal_error":
            return f"只能是 {_choices(context)}，不能是 {error['input']!r}"
        case "string_pattern_mismatch":
            return f"写法不对：{error['input']!r}（应符合 {context['pattern']}）"
        case "value_error":
            return str(context["error"])
        case "too_short":
            return "至少要有一项"
        case "greater_than_equal":
            return f"不能小于 {context['ge']}：{error['input']}"
        case "less_than_equal":
            return f"不能大于 {context['le']}：{error['input']}"
    return f"类型不对：{str(error['input'])[:60]!r}"


def _choices(context: dict[str, Any]) -> str:
    return str(context["expected"]).replace(" or ", "、").replace(", ", "、")


def remedy(error: ErrorDetails, model: type[BaseModel]) -> str:
    """The way out of it; empty where the reason says all."""
    kind, location = error["type"], error["loc"]
    if kind == "extra_forbidden":
        return unknown_key(location[-1], _keys(model, location[:-1]))
    if kind == "missing":
        return f"在这里加一行“{location[-1]}: …”"
    if kind == "literal_error":
        near = get_close_matches(
            str(error["input"]), [word.strip("'") for word in _choices(error.get("ctx", {})).split("、")], 1
        )
        return f"是不是想写 {near[0]}" if near else ""
    if kind == "string_pattern_mismatch":
        return "编号写成 大写字母-两位数字，如 GH-01；地方写小写拼音，如 guihua"
    return next((words for prefix, words in _NEEDS if kind.startswith(prefix)), "")


def unknown_key(key: object, known: list[str]) -> str:
    """Which keys there are, and the one that was probably meant."""
    if not isinstance(key, str):
        return f'YAML 把 on、off、yes、no 当作真假值，数字当作数：这里读成了 {key!r}；作为键时加引号，如 "off"'
    near = get_close_matches(key, known, 1)
    meant = f"是不是想写 {near[0]}；" if near else ""
    return f"{meant}可以写 {'、'.join(known)}" if known else meant


def _keys(model: type[BaseModel], location: tuple[int | str, ...]) -> list[str]:
    """Keys that a part of a model takes."""
    found: Any = model
    for part in location:
        if isinstance(found, type) and issubclass(found, BaseModel) and part in found.model_fields:
            found = _model_in(found.model_fields[str(part)].annotation)
    taken = found.model_fields.items() if isinstance(found, type) and issubclass(found, BaseModel) else ()
    return [
        field.alias or name for name, field in taken if name not in {"rule_id", "place"} or found.__name__ == "Document"
    ]


def _model_in(annotation: Any) -> Any:
    if isinstance(annotation, type) and issubclass(annotation, BaseModel):
        return annotation
    return next((found for part in get_args(annotation) if (found := _model_in(part)) is not None), None)
