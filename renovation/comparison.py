"""Places question by question: what each document answers, with its clause; what it leaves to the document above; 未作规定."""

import datetime as dt
from collections.abc import Callable, Iterable
from dataclasses import dataclass

from policies.kinds import MILESTONE_LABELS, Deadline, Gate, NoticePeriod, NoticeWithoutLength, Route, Step, Vote
from policies.layers import Layers
from policies.load import Library
from policies.model import Document, Provision, Topic
from projects.rules.stages import STEP_LABELS
from renovation.provisions import MATTERS, say


@dataclass(frozen=True)
class Question:
    """A question that a document may answer: kinds of provision and a narrower choice among them."""

    key: str
    label: str
    topic: Topic
    kinds: tuple[str, ...]
    where: Callable[[Provision], bool] = lambda provision: True


@dataclass(frozen=True)
class Said:
    """One provision as the table shows it."""

    provision: Provision
    document: Document
    lines: tuple[str, ...]


@dataclass(frozen=True)
class Cell:
    """A place's answer. ``above`` names the upper document that answers instead; ``floors`` can be tightened, never loosened.

    ``missing_source``: nothing is said, but a document or annex that may say it is not transcribed (未收录).
    """

    document: Document
    said: tuple[Said, ...] = ()
    above: Document | None = None
    floors: tuple[Said, ...] = ()

    @property
    def regulated(self) -> bool:
        """Whether any layer answers."""
        return bool(self.said)

    @property
    def missing_source(self) -> bool:
        """Whether 未作规定 must be read with care."""
        return not self.said and bool(self.document.not_included)


@dataclass(frozen=True)
class Row:
    """A question with the answer of each place, in the order of the places."""

    question: Question
    cells: tuple[Cell, ...]

    @property
    def differs(self) -> bool:
        """Whether the places answer differently (in words or in strength)."""
        answers = {tuple((said.lines, said.provision.strength) for said in cell.said) for cell in self.cells}
        return len(answers) > 1


def _is_matter(matter: str) -> Callable[[Provision], bool]:
    return lambda p: isinstance(p.params, Vote) and matter in p.params.matters


def _is_milestone(milestone: str) -> Callable[[Provision], bool]:
    return lambda p: isinstance(p.params, Deadline) and p.params.milestone == milestone


def _is_route(subject: str) -> Callable[[Provision], bool]:
    return lambda p: isinstance(p.params, Route) and p.params.subject == subject


def _is_notice(subject: str) -> Callable[[Provision], bool]:
    return lambda p: isinstance(p.params, NoticePeriod | NoticeWithoutLength) and p.params.subject == subject


def _is_gate(step: Step) -> Callable[[Provision], bool]:
    return lambda p: isinstance(p.params, Gate) and p.params.step == step


QUESTIONS: tuple[Question, ...] = (
    Question("years", "建成年份", "eligibility", ("eligibility_years",)),
    Question("exclusions", "不属于改造范围的", "eligibility", ("exclusions",)),
    Question("facts", "要记录的小区情况", "eligibility", ("recorded_facts",)),
    Question("subsidy_years", "中央补助先支持的建成年份", "eligibility", ("subsidy_years",)),
    Question("subsidy_content", "中央补助项目须包括的内容", "content", ("subsidy_content",)),
    Question("subsidy_scope", "不得使用中央补助的", "content", ("subsidy_scope",)),
    Question("content_limit", "内容的限制", "content", ("content_limit",)),
    Question("means", "补齐社区短板的方式", "content", ("means",)),
    Question("facilities", "专营设施由谁更新、出资、接收", "content", ("facilities",)),
    Question("fund_use", "维修资金等可以用于", "money", ("fund_use",)),
    Question("payers", "什么内容由谁出钱", "content", ("payers",)),
    *(Question(f"vote_{key}", f"业主表决：{label}", "owners", ("vote",), _is_matter(key)) for key, label in MATTERS.items()),
    Question("plan_consent", "列入计划的居民同意率", "owners", ("plan_consent",)),
    Question("survey_coverage", "方案征求意见的覆盖率", "owners", ("survey_coverage",)),
    Question("satisfaction", "验收前的居民满意度", "owners", ("satisfaction",)),
    Question("notice", "改造方案公示期", "notice", ("notice_period", "notice_without_length"), _is_notice("scheme")),
    *(
        Question(f"due_{key}", f"时限：{label}", "deadlines", ("deadline",), _is_milestone(key))
        for key, label in MILESTONE_LABELS.items()
    ),
    Question("programme", "规划期目标", "deadlines", ("programme_target",)),
    Question("route_plan", "年度计划的审批路线", "approval", ("route",), _is_route("plan")),
    Question("route_scheme", "改造方案的审查路线", "approval", ("route",), _is_route("scheme")),
    Question("permits", "可以免办的手续", "approval", ("permit_waivers",)),
    *(
        Question(f"gate_{step}", f"“{label}”的前提", "approval", ("gate",), _is_gate(step))
        for step, label in STEP_LABELS.items()
    ),
    Question("funding_share", "居民和企业出资比例", "money", ("funding_share",)),
    Question("signatory", "谁代表业主签字", "owners", ("signatory",)),
    Question("apportionment", "居民之间怎么分摊", "money", ("apportionment",)),
    Question("ring_fence", "资金分账管理", "money", ("ring_fence",)),
    Question("source_use", "资金的用途", "money", ("source_use",)),
    Question("contributors", "哪些单位出资", "money", ("contributors",)),
    Question("cluster", "片区统筹的资金", "money", ("cluster",)),
    Question("settlement", "结算后县级承担", "money", ("settlement",)),
    Question("grading", "小区分级", "owners", ("grading",)),
    Question("ranking", "优先次序", "money", ("ranking",)),
    Question("warranty", "验收备案与保修", "aftercare", ("warranty",)),
    Question("upward_filing", "报上级备案的", "approval", ("upward_filing",)),
    Question("assessment", "年度考核", "aftercare", ("assessment",)),
)  # fmt: skip
ADDED = frozenset(
    {"exclusions", "recorded_facts", "gate", "ranking", "facilities", "content_limit", "subsidy_scope"}
)  # these add up over the layers, they are not replaced


def _provisions(layers: Layers, question: Question, day: dt.date) -> list[Provision]:
    found = [p for kind in question.kinds for p in layers.provisions(kind, day) if question.where(p)]
    order = {book.document.place: number for number, book in enumerate(layers.books)}
    return sorted(found, key=lambda provision: order[provision.place])


def answer(layers: Layers, question: Question, day: dt.date) -> Cell:
    """The answer of a place on ``day``: its own provisions, else those of the lowest document above, with the floors beside them."""
    documents = {book.document.place: book.document for book in layers.books}

    def told(provisions: Iterable[Provision]) -> tuple[Said, ...]:
        return tuple(Said(p, documents[p.place], say(p)) for p in provisions)

    found = _provisions(layers, question, day)
    if not found:
        return Cell(layers.document)
    lowest = found[0].place
    own = [p for p in found if p.place == lowest]
    others = [p for p in found if p.place != lowest]
    if not set(question.kinds) <= ADDED:
        others = [p for p in others if p.floor or p.strength == "must"]
    above = documents[lowest] if lowest != layers.place else None
    return Cell(layers.document, told(own), above, told(others))


def compare(library: Library, places: Iterable[str], day: dt.date, topic: str = "") -> list[Row]:
    """Rows of every question on which at least one of the places (or a document above it) says something. KeyError for an unknown place."""
    stacks = [library.layers(place) for place in places]
    questions = [question for question in QUESTIONS if not topic or question.topic == topic]
    rows = [Row(question, tuple(answer(layers, question, day) for layers in stacks)) for question in questions]
    return [row for row in rows if any(cell.regulated for cell in row.cells)]
