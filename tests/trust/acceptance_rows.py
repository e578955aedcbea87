"""An acceptance that was held, a defect, and a manager whom nobody has checked: rows of the route table."""

from dataclasses import dataclass

from communities.models import Community
from offices.models import User
from projects.models import Acceptance, Defect, Manager, Project
from tests.cast import AT, TODAY


@dataclass(frozen=True)
class Built:
    """What stands of a project."""

    acceptance: Acceptance
    defect: Defect
    manager: Manager


def build(clerk: User, colleague: User, project: Project) -> Built:
    """The rows themselves: a project of the table has not come so far that an action would write them."""
    stamps = {"created_at": AT, "updated_at": AT}
    acceptance = Acceptance(project=project, held_on=TODAY, opened_by=clerk, **stamps)
    acceptance.place_in(project.division)
    acceptance.save()
    defect = Defect.objects.create(
        acceptance=acceptance,
        kind="acceptance",
        text="渗水",
        owner="施工单位",
        found_on=TODAY,
        due_on=TODAY,
        entered_by=clerk,
        **stamps,
    )
    community: Community = project.communities.get()
    manager = Manager(
        community=community,
        mode="company",
        name="物业公司",
        phone="0359-1",
        since=TODAY,
        paper="合同",
        entered_by=colleague,
        **stamps,
    )
    manager.place_in(community.division)
    manager.save()
    return Built(acceptance, defect, manager)
