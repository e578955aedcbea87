"""What can't be passed in one go with others, and why: each of these wants to be looked at by itself."""

from collections import defaultdict
from collections.abc import Mapping, Sequence

from approvals.models import CaseAsk, CaseRound, CaseStage
from approvals.subjects import subject_of


def reasons_against(asks: Sequence[CaseAsk], seen: Mapping[int, str]) -> dict[int, str]:
    """Asks that a batch leaves out, by pk, with the reason (three queries for any number). ``seen``: hash of the content by ask."""
    owed: dict[int, int] = defaultdict(int)
    for key in CaseAsk.objects.filter(
        stage__in=[ask.stage_id for ask in asks], asked_at__isnull=False, answered_at__isnull=True
    ).values_list("stage_id", flat=True):
        owed[key] += 1
    last: dict[int, int] = {}
    for pk, number in CaseStage.objects.filter(case__in=[ask.case_id for ask in asks]).values_list("case_id", "number"):
        last[pk] = max(last.get(pk, 0), number)
    again = [ask.case_id for ask in asks if ask.case.round > 1]
    earlier = set(CaseRound.objects.filter(case__in=again).values_list("case_id", "number", "content_hash"))
    found: dict[int, str] = {}
    for ask in asks:
        case, stage = ask.case, ask.stage
        completes = stage.needs == "one" or owed[stage.pk] == 1
        ends = stage.number == last.get(case.pk) and subject_of(case.subject_type).ends_in_document
        if seen.get(ask.pk) != case.content_hash:
            found[ask.pk] = "内容在您打开列表之后已修改，请单独查看"
        elif completes and (stage.act == "joint_issue" or ends):
            found[ask.pk] = "最后一份意见须填写文号，请单独办理"
        elif case.round > 1 and (case.pk, case.round - 1, case.content_hash) not in earlier:
            found[ask.pk] = "退回后重新提交，请先看修改了什么"
    return found
