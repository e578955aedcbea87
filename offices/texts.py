"""Texts that people enter: trimmed, of a bounded length, without signs that a database refuses. A refusal names the field."""

from collections.abc import Mapping

from policies.refusal import Invalid


class Texts:
    """Collects what is wrong with several texts, so that all of it is said at once."""

    def __init__(self) -> None:
        self.errors: dict[str, list[str]] = {}

    def read(self, value: object, field: str, label: str, most: int, *, required: bool = True) -> str:
        """The text without surrounding space."""
        text = str(value or "").strip()
        if "\x00" in text:
            self.errors.setdefault(field, []).append("含有不允许的字符")
        if required and not text:
            self.errors.setdefault(field, []).append(f"请填写{label}")
        if len(text) > most:
            self.errors.setdefault(field, []).append(f"{label}不能超过 {most} 个字，现有 {len(text)} 个字")
        return text

    def wrong(self, field: str, reason: str) -> None:
        """Another reason."""
        self.errors.setdefault(field, []).append(reason)

    def check(self, detail: str) -> None:
        """Raises Invalid with everything that was found."""
        if self.errors:
            raise Invalid(detail, errors=self.errors)


PERSON: Mapping[str, tuple[str, int]] = {"name": ("姓名", 40), "phone": ("电话", 40), "home": ("楼栋房号", 60)}


def read_person(texts: Texts, given: Mapping[str, object]) -> dict[str, str]:
    """Name, phone and home as far as they were told."""
    return {key: texts.read(given.get(key), key, label, most, required=False) for key, (label, most) in PERSON.items()}
