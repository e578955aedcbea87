"""What of a project's money is told to everybody: by kind of source, never what would point at a household or a person. Pure functions."""

import re
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from decimal import Decimal

from communities.rules.personal import personal_in
from funding.rules.ringfence import CLASS_LABELS
from funding.rules.shares import SOURCE_LABELS

LEAST_HOMES = 5  # fewer households than this: what residents pay is told to nobody, it would point at one of them
FISCAL = ("central", "provincial", "city", "county", "special_bond", "housing_sale_revenue")
RESIDENTS = ("resident_direct", "provident_fund", "maintenance_fund", "common_revenue")
# A household's provident fund is its own: it is only told together with what residents bring in cash.
TOLD_AS: Mapping[str, str] = {"provident_fund": "resident_direct"}
LABELS: Mapping[str, str] = {str(kind): label for kind, label in SOURCE_LABELS.items()} | {
    "resident_direct": "居民出资（含住房公积金）"
}
ORDER = {str(kind): number for number, kind in enumerate(SOURCE_LABELS)}
_FIRM = re.compile(
    r".{2,}(公司|集团|研究院|设计院|规划院|勘察院|研究所|设计所|事务所|委员会|管理局|管理处|中心|学校|协会|企业)$"
)
_DOCUMENT = re.compile(r"[一-鿿]{2,15}〔[0-9]{4}〕[0-9]{1,5}号")


def few_homes(homes: int | None) -> bool:
    """Whether a project joins too few households for its residents' money to be told; so too where nobody knows how many."""
    return homes is None or homes < LEAST_HOMES


def told(kind: str, homes: int | None) -> str | None:
    """The kind under which money is told, None where it is not."""
    return None if kind in RESIDENTS and few_homes(homes) else TOLD_AS.get(kind, kind)


def is_firm(name: str) -> bool:
    """Whether a payee is an organisation by its name. Anything else may be a person and is not named (N-06)."""
    plain = re.sub(r"[（(].*?[）)]$", "", name.strip())
    return bool(_FIRM.fullmatch(plain)) and not personal_in(name)


def documents(numbers: Iterable[str]) -> tuple[str, ...]:
    """Document numbers worth the name (桂财建〔2026〕12号), each once; free words are left out."""
    return tuple(dict.fromkeys(number.strip() for number in numbers if _DOCUMENT.fullmatch(number.strip())))


@dataclass(frozen=True)
class Flow:
    """分 from one kind of source (``source``) to one class of works or what is not under contract (``target``), in words."""

    source: str
    target: str
    amount: int

    @property
    def value(self) -> Decimal:
        """In yuan."""
        return Decimal(self.amount).scaleb(-2)


@dataclass(frozen=True)
class Band:
    """A flow as drawn: a band from (0, ``top``) to (1, ``end``), ``height`` thick, in thousandths of the drawing's height."""

    flow: Flow
    top: int
    end: int
    height: int


@dataclass(frozen=True)
class Node:
    """A source or a target as drawn: its place and its sum in 分."""

    name: str
    y: int
    height: int
    amount: int


@dataclass(frozen=True)
class Drawing:
    """A chart of flows: bars on the left and right, bands between them. Heights in thousandths."""

    left: tuple[Node, ...]
    right: tuple[Node, ...]
    bands: tuple[Band, ...]


HEIGHT, GAP, THIN = 1000, 60, 4
UNSIGNED = "尚未签约"
_USES = [*(CLASS_LABELS[key] for key in ("basic", "improved", "upgraded", "")), UNSIGNED]


def drawing(flows: Sequence[Flow]) -> Drawing | None:
    """Where the bars and bands of a chart of sources and classes lie; None where no money flows. Sources keep their order."""
    flows = [flow for flow in flows if flow.amount > 0]
    if not flows:
        return None
    total = sum(flow.amount for flow in flows)
    targets = sorted({flow.target for flow in flows}, key=_USES.index)
    names = [list(dict.fromkeys(flow.source for flow in flows)), targets]
    room = HEIGHT - GAP * (max(map(len, names)) - 1)
    left = _bars(names[0], [(flow.source, flow.amount) for flow in flows], total, room)
    right = _bars(names[1], [(flow.target, flow.amount) for flow in flows], total, room)
    used: dict[tuple[str, str], int] = {}
    bands = []
    for flow in flows:
        height = max(flow.amount * room // total, THIN)
        top = left[flow.source].y + used.get(("left", flow.source), 0)
        end = right[flow.target].y + used.get(("right", flow.target), 0)
        used["left", flow.source] = used.get(("left", flow.source), 0) + height
        used["right", flow.target] = used.get(("right", flow.target), 0) + height
        bands.append(Band(flow, top, end, height))
    return Drawing(tuple(left.values()), tuple(right.values()), tuple(bands))


def _bars(names: Sequence[str], parts: Sequence[tuple[str, int]], total: int, room: int) -> dict[str, Node]:
    found: dict[str, Node] = {}
    y = 0
    for name in names:
        amounts = [amount for owner, amount in parts if owner == name]
        height = sum(max(amount * room // total, THIN) for amount in amounts)
        found[name] = Node(name, y, height, sum(amounts))
        y += height + GAP
    return found
