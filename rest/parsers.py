"""Bodies: JSON that is bounded in size and depth and holds no character that a database refuses."""

import json
from collections.abc import Mapping
from typing import IO, Any

from django.conf import settings
from rest_framework.parsers import BaseParser

from policies.refusal import Invalid
from rest.problems import TooLarge

DEEPEST = 20


def _constant(name: str) -> None:
    raise ValueError(f"不接受 {name}")


def _once(pairs: list[tuple[str, Any]]) -> dict[str, Any]:
    """An object; a key that is given twice is refused, because programs differ in which of the two they take."""
    found = dict(pairs)
    if len(found) != len(pairs):
        raise ValueError("同一个对象里有重复的键")
    return found


class JSONParser(BaseParser):
    """Parses ``application/json`` strictly. Raises Invalid with a code of the catalogue, or TooLarge."""

    media_type = "application/json"

    def parse(
        self, stream: IO[Any], media_type: str | None = None, parser_context: Mapping[str, Any] | None = None
    ) -> Any:
        """The value of the body."""
        limit = settings.DATA_UPLOAD_MAX_MEMORY_SIZE
        raw = stream.read(limit + 1)
        if len(raw) > limit:
            raise TooLarge(f"请求体不能超过 {limit} 字节。")
        return self.read(raw)

    @staticmethod
    def read(raw: bytes) -> Any:
        """The value of some JSON. Raises Invalid."""
        try:
            value = json.loads(raw.decode("utf-8"), parse_constant=_constant, object_pairs_hook=_once)
        except UnicodeDecodeError as error:
            raise Invalid("请求体不是 UTF-8 编码。", code="malformed_json") from error
        except RecursionError as error:
            raise Invalid(f"JSON 嵌套超过 {DEEPEST} 层。", code="too_deep") from error
        except json.JSONDecodeError as error:
            raise Invalid(f"JSON 有误：第 {error.lineno} 行第 {error.colno} 列。", code="malformed_json") from error
        except ValueError as error:
            raise Invalid(f"JSON 有误：{error}", code="malformed_json") from error
        check(value)
        return value


def check(value: Any) -> None:
    """Refuse what is nested too deep or holds a bad character, naming the place. Walks without recursion."""
    waiting: list[tuple[str, Any, int]] = [("", value, 1)]
    while waiting:
        path, item, depth = waiting.pop()
        if depth > DEEPEST:
            raise Invalid(f"JSON 嵌套超过 {DEEPEST} 层。", code="too_deep")
        if isinstance(item, str):
            check_text(item, path)
        elif isinstance(item, dict):
            for key, inner in item.items():
                check_text(key, path)
                waiting.append((f"{path}.{key}" if path else key, inner, depth + 1))
        elif isinstance(item, list):
            waiting += [(f"{path}[{number}]", inner, depth + 1) for number, inner in enumerate(item)]


def check_text(text: str, path: str, *, code: str = "bad_character") -> None:
    """Refuse NUL and unpaired surrogates."""
    if "\x00" in text or any("\ud800" <= character <= "\udfff" for character in text):
        message = "含有空字符（NUL）或不成对的代理字符"
        name = path.encode("utf-8", "replace").decode("utf-8").replace("\x00", "�") or "non_field_errors"
        raise Invalid(f"{message}。", code=code, errors={name: [message]})
