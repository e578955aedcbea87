"""What the strength of a provision can do: block, open, or only be shown."""

from typing import Literal

from policies.model import STRENGTH_LABELS, Strength

Opening = Literal["exception_document", "leaders_reason"]
OPENINGS: dict[Strength, Opening] = {"must": "exception_document", "in_principle": "leaders_reason"}
OPENING_LABELS: dict[Opening, str] = {
    "exception_document": "由制定该规定的一级政府出具的例外批准文件（登记文号）",
    "leaders_reason": "有关单位负责人登记理由",
}
Lateness = Literal["breached", "late"]
LATENESS: dict[Strength, Lateness] = {"must": "breached", "in_principle": "late", "strive": "late"}
LATENESS_LABELS: dict[Lateness, str] = {"breached": "逾期", "late": "滞后"}


def blocks(strength: Strength) -> bool:
    """Whether an unmet provision of this strength stops the step that it guards."""
    return strength in OPENINGS


def opening(strength: Strength, *, floor: bool = False) -> Opening | None:
    """What opens a gate that stands unmet; None where nothing does (a statute) or nothing has to (strive, may, def)."""
    return None if floor else OPENINGS.get(strength)


def lateness(strength: Strength) -> Lateness | None:
    """A deadline never blocks: late under must is breached, under in_principle or strive late; may and def are never unmet."""
    return LATENESS.get(strength)


def overdue_word(strength: Strength) -> str:
    """逾期, 滞后, or empty where being late means nothing."""
    word = lateness(strength)
    return LATENESS_LABELS[word] if word else ""


def label(strength: Strength) -> str:
    """The strength in Chinese."""
    return STRENGTH_LABELS[strength]
