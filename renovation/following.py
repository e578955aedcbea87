"""What programs can follow: each resource of the interface whose rows the log of changes tells of, with what it shows of other tables.

``parts``: rows of another table that a resource shows inside its own; ``names``: columns that it repeats from another row. Names of
divisions, bodies and people are references and not repeated changes: who renames a district does not change every project in it.
"""

from approvals import models as approvals
from communities import models as communities
from funding import models as funding
from offices import models as offices
from offices.feed.sources import feed
from projects import models as projects

NAME = ("name",)
COUNTED = ("household_count", "floor_area", "merged_into", "withdrawn")


def follow_all() -> None:
    """Register every resource."""
    _places()
    _decisions()
    _works()
    _money()


def _places() -> None:
    feed("divisions", offices.Division, scope="")
    feed("bodies", offices.Body, scope="")
    feed("deadlines", offices.Duty, scope="", watch="state")
    feed("communities", communities.Community)
    feed(
        "organisations", communities.Organisation, scope="community__division",
        names=[(communities.Community, "community", NAME)],
    )  # fmt: skip
    feed("complaints", communities.Complaint, watch="state", parts=[(communities.ComplaintAnswer, "answers")])
    feed("imports", communities.Import, watch="state")


def _decisions() -> None:
    feed(
        "cases", approvals.Case, watch="state",
        parts=[(approvals.CaseStage, "stages"), (approvals.CaseAsk, "asks"), (approvals.Opinion, "opinions")],
    )  # fmt: skip
    feed("delegations", approvals.Delegation, scope="body__division")
    feed(
        "notices", approvals.Notice, watch="state",
        parts=[(approvals.NoticeCommunity, "parts"), (approvals.NoticeCount, "counts"), (approvals.Remark, "remarks")],
        names=[(communities.Community, "parts__community", NAME)],
    )  # fmt: skip
    feed(
        "surveys", approvals.Survey, watch="state", parts=[(approvals.SurveyResult, "result")],
        names=[(communities.Community, "community", NAME)],
    )  # fmt: skip
    feed(
        "votes", approvals.Vote, watch="state", parts=[(approvals.VoteResult, "result")],
        names=[(communities.Community, "community", NAME)],
    )  # fmt: skip


def _works() -> None:
    feed(
        "plans", projects.AnnualPlan, watch="state", parts=[(projects.PlanLine, "lines")],
        names=[(communities.Community, "lines__project__parts__community", COUNTED)],
    )  # fmt: skip
    feed(
        "projects", projects.Project, watch="stage", parts=[(projects.ProjectCommunity, "parts")],
        names=[(communities.Community, "parts__community", NAME)],
    )  # fmt: skip
    feed("special-plans", projects.SpecialPlan, parts=[(projects.SpecialPlanVersion, "versions")])


def _money() -> None:
    feed("funding-sources", funding.FundingSource, parts=[(funding.Allotment, "allotments")])
    feed("funds", funding.Fund, parts=[(funding.Account, "accounts")])
    feed("funding-plans", funding.FundingPlan, parts=[(funding.FundingPlanLine, "lines")])
    feed(
        "contracts", funding.Contract,
        parts=[(funding.Commitment, "commitments"), (funding.ContractChange, "changes"), (funding.PayeeAccount, "payees")],
    )  # fmt: skip
    feed("entries", funding.JournalEntry, scope="fund__division", watch="state", parts=[(funding.Leg, "legs")])
    feed(
        "apportionments", funding.Apportionment,
        parts=[(funding.HomeDue, "dues"), (funding.DueReceipt, "dues__receipts")],
    )  # fmt: skip
    feed("settlements", funding.Settlement, watch="state", parts=[(funding.SettlementItem, "items")])
    feed("audit-flags", funding.AuditFlag, watch="state", parts=[(funding.FlagNote, "notes")])
