"""Life after the works as pages, residents and gates read it; communities whose works are done and that nobody manages (RC-24)."""

from collections import defaultdict
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from typing import Any
from uuid import UUID

from django.db.models import Exists, OuterRef, Prefetch, QuerySet

from approvals.standing import Standing
from communities.models import Community
from offices.models import Division, User
from offices.rulebooks import layers_of
from policies.words import date_words
from projects.models import (
    Acceptance,
    AftercareRecord,
    Archive,
    Handover,
    Manager,
    Project,
    ProjectCommunity,
    Scheme,
)
from projects.queries.acceptance import parts_of
from projects.rules.acceptance import ARCHIVE_LIST
from projects.rules.scheme import Item
from projects.rules.stages import STAGES, reached
from projects.rules.warranty import Part
from projects.schemes import version_value

COMPLETED = tuple(stage.key for stage in STAGES if reached(stage.key, "accepted"))
Kind = AftercareRecord.Kind
KINDS = frozenset({"archive", "handover", "manager", "joint_meeting", "maintenance_fund_mechanism", "management_rules"})


@dataclass(frozen=True)
class Place:
    """A community with who manages it now and who did before."""

    community: Community
    now: Manager | None
    before: tuple[Manager, ...]


@dataclass(frozen=True)
class AftercarePage:
    """Everything after the works of one project."""

    project: Project
    archive: Archive | None
    papers: tuple[tuple[str, str, Any], ...]
    handovers: Sequence[Handover]
    expected: tuple[Item, ...]
    places: tuple[Place, ...]
    records: Sequence[AftercareRecord]

    @property
    def archived(self) -> int:
        """Papers of the list that are in or do not apply."""
        return sum(paper is not None for _, _, paper in self.papers)


def aftercare_page(project: Project) -> AftercarePage:
    """What is kept of a project after its works (a bounded number of queries)."""
    archive = (
        Archive.objects.filter(project=project)
        .select_related("entered_by", "checked_by")
        .prefetch_related("papers__by")
        .first()
    )
    held = {paper.key: paper for paper in archive.papers.all()} if archive else {}
    handovers = list(project.handovers.select_related("entered_by", "checked_by", "file").order_by("pk"))
    ordered = Manager.objects.select_related("entered_by", "checked_by", "file").order_by("-since", "-pk")
    parts = project.parts.select_related("community").prefetch_related(Prefetch("community__managers", ordered))
    return AftercarePage(
        project=project,
        archive=archive,
        papers=tuple((key, label, held.get(key)) for key, label in ARCHIVE_LIST),
        handovers=handovers,
        expected=_expected([project.uid]).get(project.uid, ()),
        places=tuple(_place(part.community) for part in parts.order_by("pk")),
        records=list(
            project.aftercare_records.select_related("community", "entered_by", "checked_by", "file").order_by(
                "-on", "-pk"
            )
        ),
    )


def _place(community: Community) -> Place:
    rows = list(community.managers.all())
    now = next((row for row in rows if row.ended_on is None), None)
    return Place(community, now, tuple(row for row in rows if row.ended_on is not None))


def _expected(subjects: Sequence[UUID]) -> dict[UUID, tuple[Item, ...]]:
    """Facilities that the scheme hands to the utilities (LZ-03, RC-06), those that are theirs already left out (one query)."""
    rows = Scheme.objects.filter(project__uid__in=subjects, current__isnull=False).select_related("current", "project")
    found = {}
    for scheme in rows:
        assert scheme.current is not None
        items = version_value(scheme.current.content).items
        found[scheme.project.uid] = tuple(
            item
            for item in items
            if item.facility and item.facility.kept_by == "utility" and item.facility.owner != "utility"
        )
    return found


def unmanaged(user: User, division: Division | None = None) -> QuerySet[Community]:
    """Communities whose works are accepted and that have no manager whom a second person has checked (RC-24, LZ-24, YL-12)."""
    done = ProjectCommunity.objects.filter(community=OuterRef("pk"), project__stage__in=COMPLETED)
    managed = Manager.objects.filter(community=OuterRef("pk"), ended_on__isnull=True, checked_by__isnull=False)
    rows = Community.objects.visible_to(user).filter(Exists(done), ~Exists(managed), merged_into__isnull=True)
    if division is not None:
        rows = rows.filter(**{division.column: division.pk})
    waiting = Prefetch("managers", Manager.objects.filter(ended_on__isnull=True), to_attr="waiting")
    return (
        rows.select_related("division", "county").prefetch_related(waiting).order_by("county__code", "name_key", "pk")
    )


def completed_projects(communities: Sequence[Community]) -> dict[int, Project]:
    """The latest accepted project of each community, by its key (one query)."""
    rows = ProjectCommunity.objects.filter(community__in=communities, project__stage__in=COMPLETED).select_related(
        "project"
    )
    return {row.community_id: row.project for row in rows.order_by("pk")}


def unmanaged_projects(rows: QuerySet[Any], unmanaged_ones: bool) -> QuerySet[Any]:
    """Accepted projects with a community that nobody manages (True), or accepted ones without any such community (False)."""
    managed = Manager.objects.filter(community=OuterRef("community"), ended_on__isnull=True, checked_by__isnull=False)
    open_ones = Exists(ProjectCommunity.objects.filter(~Exists(managed), project=OuterRef("pk")))
    return rows.filter(open_ones if unmanaged_ones else ~open_ones, stage__in=COMPLETED)


@dataclass(frozen=True)
class PublicAftercare:
    """What residents may know: who manages their community, whom to call, when the works were accepted. Offices only, no person."""

    acceptance: Acceptance | None
    parts: tuple[Part, ...]
    manager: Manager | None


def public_aftercare(project: Project | None, community: Community) -> PublicAftercare | None:
    """Of a published project's community, with the checked manager (two queries); None while there is nothing to say."""
    if project is None or not project.published:
        return None
    manager = Manager.objects.filter(community=community, ended_on__isnull=True, checked_by__isnull=False).first()
    row = Acceptance.objects.filter(project=project, passed_on__isnull=False).first()
    if row is None and manager is None:
        return None
    return PublicAftercare(row, parts_of(row, layers_of(project.division)) if row else (), manager)


def source(subjects: Sequence[UUID]) -> Mapping[UUID, Iterable[Standing]]:
    """What is kept after the works says to the gates: archive, handover, manager, rules, meetings, fund (seven queries)."""
    found: dict[UUID, list[Standing]] = defaultdict(list)
    for archive in Archive.objects.filter(project__uid__in=subjects).select_related("project"):
        found[archive.project.uid].append(_archive(archive))
    handovers: dict[UUID, list[Handover]] = defaultdict(list)
    for row in Handover.objects.filter(project__uid__in=subjects).select_related("project").order_by("pk"):
        handovers[row.project.uid].append(row)
    expected = _expected(list(handovers)) if handovers else {}
    for uid, rows in handovers.items():
        found[uid].append(_handover(uid, rows, expected.get(uid, ())))
    managers = Manager.objects.filter(community__uid__in=subjects, ended_on__isnull=True).select_related("community")
    managed = set()
    for manager in managers:
        found[manager.community.uid].append(_manager(manager))
        if manager.checked_by_id is not None:
            managed.add(manager.community.uid)
    records = AftercareRecord.objects.filter(community__uid__in=subjects).select_related("community", "project")
    by_community: dict[UUID, list[AftercareRecord]] = defaultdict(list)
    for record in records.order_by("pk"):
        by_community[record.community.uid].append(record)
    for uid, kept in by_community.items():
        found[uid] += _records(uid, kept, uid in managed)
    return found


def _archive(row: Archive) -> Standing:
    url = f"/staff/projects/{row.project.uid}/after/"
    closed = row.checked_at is not None
    words = f"档案号{row.number}，存放{row.shelf}" if closed else "档案正在整理，须由第二人归档"
    return Standing("archive", {}, row.created_at.date(), words, url, settled=closed)


def _handover(uid: UUID, rows: list[Handover], expected: tuple[Item, ...]) -> Standing:
    checked = [row for row in rows if row.checked_by_id is not None]
    url = f"/staff/projects/{uid}/after/"
    day = max(row.on for row in rows)
    if not checked:
        return Standing("handover", {}, day, "移交已录入，待第二人复核", url, settled=False)
    answered = {str(row.item) for row in checked if row.item}
    missing = [item.name for item in expected if item.uid not in answered]
    if missing:
        words = f"还有 {len(missing)} 项设施没有移交：{'、'.join(missing)}"
        return Standing("handover", {}, day, words, url, settled=False)
    figures = {row.receiver_kind: True for row in checked}
    words = "；".join(f"{row.facility}移交{row.receiver}" for row in checked)
    return Standing("handover", figures, day, words, url)


def _manager(row: Manager) -> Standing:
    checked = row.checked_by_id is not None
    words = f"{row.get_mode_display()}：{row.name}，{date_words(row.since)}起{'' if checked else '，待第二人复核'}"
    return Standing("manager", {}, row.since, words, "/staff/unmanaged/", row.community.uid, checked)


def _records(uid: UUID, rows: list[AftercareRecord], managed: bool) -> Iterable[Standing]:
    """Records of one community: of each kind the latest checked one speaks; entered ones wait."""
    url = f"/staff/projects/{rows[-1].project.uid}/after/"
    checked = {row.kind: row for row in rows if row.checked_by_id is not None}
    entered = {row.kind: row for row in rows}
    for kind, evidence in ((Kind.MEETING, "joint_meeting"), (Kind.FUND, "maintenance_fund_mechanism")):
        row = checked.get(kind) or entered.get(kind)
        if row is not None:
            settled = kind in checked
            words = f"{row.get_kind_display()}，{date_words(row.on)}{'' if settled else '，待第二人复核'}"
            yield Standing(evidence, {}, row.on, words, url, uid, settled)
    rules = {kind.value: True for kind in (Kind.COVENANT, Kind.PROCEDURE) if kind in checked}
    if rules:
        on = max(checked[kind].on for kind in rules)
        words = "、".join(checked[kind].get_kind_display() for kind in rules)
        yield Standing(
            "management_rules", {**rules, **({"management_mode": True} if managed else {})}, on, words, url, uid
        )
