"""Who builds, surveys, designs, builds and supervises, how each was chosen, and how the contract is let. Pure functions."""

from collections.abc import Mapping
from typing import Final

# Keys of the documents' procurement gates, with the two that no gate names.
ROLES: Final[Mapping[str, str]] = {
    "developer_unit": "建设单位",
    "surveyor": "勘察单位",
    "designer": "设计单位",
    "cost_consultant": "造价咨询单位",
    "contractor": "施工单位",
    "supervisor": "监理单位",
}
METHODS: Final[Mapping[str, str]] = {
    "tender": "招标",
    "procurement": "政府采购",
    "direct": "直接发包（写明理由）",
    "own": "建设单位本身",
}
MODES: Final[Mapping[str, str]] = {"epc": "工程总承包（EPC）", "separate": "设计、施工分别发包"}
_ALPHABET = "0123456789ABCDEFGHJKLMNPQRTUWXY"
_LENGTH = 18


def credit_code_error(code: str) -> str:
    """Why a 统一社会信用代码 (GB 32100-2015, 18 places, the last a check character) can't be one; empty where it can."""
    if len(code) != _LENGTH or any(letter not in _ALPHABET for letter in code):
        return "统一社会信用代码是18位数字和大写字母（不含 I、O、S、V、Z）"
    total = sum(_ALPHABET.index(letter) * pow(3, place, 31) for place, letter in enumerate(code[:-1]))
    if _ALPHABET[-total % 31] != code[-1]:
        return "统一社会信用代码的校验位不对，请核对"
    return ""


def method_error(role: str, method: str, reason: str) -> tuple[str, str]:
    """(field, why) where a way of choosing a party does not stand; ("", "") where it does.

    CZ-15, JX-20: by tender or procurement as the law asks; what was let directly says why. Only the developer is chosen by nobody.
    """
    if method not in METHODS:
        return "method", "请选择采购方式"
    if (method == "own") != (role == "developer_unit"):
        return "method", "只有建设单位选“建设单位本身”，其他单位选招标、政府采购或直接发包"
    if method == "direct" and not reason.strip():
        return "reason", "直接发包要写明理由和依据"
    return "", ""


def mode_error(mode: str, reason: str) -> tuple[str, str]:
    """LZ-33: EPC in principle; another way says why."""
    if mode not in MODES:
        return "mode", "请选择承包方式"
    if mode != "epc" and not reason.strip():
        return "reason", "不采用工程总承包要写明理由"
    return "", ""
