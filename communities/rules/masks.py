"""How personal values look before someone opens them (N-06). Pure functions on texts."""

import re

_ORGANISATION = re.compile(
    r"(公司|厂|局|委员会|银行|学校|医院|合作社|供销社|研究[所院]|集团|政府|中心|企业|工会|协会|支行|分行)"
)


def is_organisation(name: str) -> bool:
    """Whether a name reads as that of an organisation (five signs or more and a word that organisations carry)."""
    return len(name) >= 5 and _ORGANISATION.search(name) is not None


def mask_name(name: str) -> str:
    """张三 → 张**: nothing but the first sign, whatever the length."""
    return f"{name[0]}**" if name else ""


def mask_phone(phone: str) -> str:
    """13812345678 → 138****5678; shorter numbers keep their last two signs."""
    if not phone:
        return ""
    if len(phone) >= 11:
        return f"{phone[:3]}****{phone[-4:]}"
    return f"****{phone[-2:]}" if len(phone) > 4 else "****"


def mask_id(number: str) -> str:
    """110101199001011234 → 110*************34; a short number is hidden wholly."""
    if not number:
        return ""
    if len(number) < 12:
        return "*" * len(number)
    return f"{number[:3]}{'*' * (len(number) - 5)}{number[-2:]}"
