"""URLs of plans, projects and deadlines: ``staff`` joins under ``/staff/``, ``api`` is (prefix, viewset, basename)."""

from typing import Any

from django.urls import path

from projects.api import PlanViewSet, ProjectViewSet
from projects.workspace import deadlines, lines, papers, permits, plans, projects, ranking, schemes, surveys, targets

app_name = "projects"
portal: list[Any] = []
staff: list[Any] = [
    path("plans/", plans.plans, name="plans"),
    path("plans/export", lines.export, name="export"),
    path("plans/<uuid:uid>/", plans.plan, name="plan"),
    path("plans/<uuid:uid>/describe/", lines.describe, name="describe"),
    path("plans/<uuid:uid>/lines/", lines.add, name="add_lines"),
    path("plans/<uuid:uid>/lines/<uuid:line>/", lines.edit, name="line"),
    path("plans/<uuid:uid>/lines/<uuid:line>/remove/", lines.remove, name="remove_line"),
    path("plans/<uuid:uid>/lines/<uuid:line>/move/", lines.move, name="move_line"),
    path("plans/<uuid:uid>/papers/<str:key>/", papers.table, name="paper_table"),
    path("plans/<uuid:uid>/paper/<str:key>/", papers.plan_paper, name="plan_paper"),
    path("plans/<uuid:uid>/check/", papers.check_plan, name="check_plan"),
    path("plans/<uuid:uid>/exception/", papers.plan_exception, name="plan_exception"),
    path("plans/<uuid:uid>/submit/", plans.submit, name="submit"),
    path("plans/<uuid:uid>/withdraw/", plans.withdraw, name="withdraw"),
    path("plans/<uuid:uid>/issued/", plans.issued, name="issued"),
    path("plans/<uuid:uid>/change/", lines.change, name="change"),
    path("plans/<uuid:uid>/versions/", plans.versions, name="versions"),
    path("plans/<uuid:uid>/print/", lines.print_view, name="print"),
    path("reserve/<uuid:uid>/", lines.reserve, name="reserve"),
    path("projects/", projects.projects, name="projects"),
    path("projects/<uuid:uid>/", projects.project, name="project"),
    path("projects/<uuid:uid>/scheme/", schemes.scheme, name="scheme"),
    path("projects/<uuid:uid>/scheme/describe/", schemes.describe, name="scheme_describe"),
    path("projects/<uuid:uid>/scheme/items/add/", schemes.add, name="scheme_add"),
    path("projects/<uuid:uid>/scheme/items/<uuid:item>/", schemes.item, name="scheme_item"),
    path("projects/<uuid:uid>/scheme/items/<uuid:item>/remove/", schemes.remove, name="scheme_remove"),
    path("projects/<uuid:uid>/scheme/answers/", schemes.answers, name="scheme_answers"),
    path("projects/<uuid:uid>/scheme/files/", schemes.attach, name="scheme_attach"),
    path("projects/<uuid:uid>/scheme/files/<uuid:file>/remove/", schemes.detach, name="scheme_detach"),
    path("projects/<uuid:uid>/scheme/fix/", schemes.fix, name="scheme_fix"),
    path("projects/<uuid:uid>/scheme/submit/", schemes.submit, name="scheme_submit"),
    path("projects/<uuid:uid>/scheme/withdraw/", schemes.withdraw, name="scheme_withdraw"),
    path("projects/<uuid:uid>/scheme/versions/", schemes.versions, name="scheme_versions"),
    path("projects/<uuid:uid>/scheme/print/", schemes.print_view, name="scheme_print"),
    path("projects/<uuid:uid>/scheme/export/", schemes.export, name="scheme_export"),
    path("projects/<uuid:uid>/advance/", projects.advance, name="advance"),
    path("projects/<uuid:uid>/edit/", projects.edit, name="edit"),
    path("projects/<uuid:uid>/days/", projects.days, name="days"),
    path("projects/<uuid:uid>/midlife/", projects.midlife, name="midlife"),
    path("projects/<uuid:uid>/milestone/", projects.milestone, name="milestone"),
    path("projects/<uuid:uid>/repin/", projects.repin, name="repin"),
    path("projects/<uuid:uid>/papers/<str:key>/", papers.project_paper, name="project_paper"),
    path("projects/<uuid:uid>/check/", papers.check_project, name="check_project"),
    path("projects/<uuid:uid>/exception/", papers.project_exception, name="project_exception"),
    path("projects/<uuid:uid>/permits/", permits.permits, name="permits"),
    path("projects/<uuid:uid>/permits/facts/", permits.facts, name="permit_facts"),
    path("projects/<uuid:uid>/permits/check/", permits.check, name="check_permits"),
    path("projects/<uuid:uid>/permits/mode/", permits.mode, name="contract_mode"),
    path("projects/<uuid:uid>/permits/certify/", permits.certify, name="certify"),
    path("projects/<uuid:uid>/permits/parties/<str:role>/", permits.party, name="party"),
    path("projects/<uuid:uid>/permits/papers/<str:evidence>/<str:key>/", permits.permit, name="permit"),
    path("certificates/<uuid:uid>/", permits.certificate, name="certificate"),
    path("projects/<uuid:uid>/surveys/", surveys.surveys, name="surveys"),
    path("projects/<uuid:uid>/surveys/<uuid:community>/", surveys.add, name="new_survey"),
    path("ranking/", ranking.reserve, name="ranking"),
    path("ranking/weights/", ranking.weights, name="ranking_weights"),
    path("ranking/<uuid:uid>/", ranking.facts, name="ranking_facts"),
    path("deadlines/", deadlines.deadlines, name="deadlines"),
    path("targets/", targets.targets, name="targets"),
]
api: list[Any] = [
    ("plans", PlanViewSet, "plan"),
    ("projects", ProjectViewSet, "project"),
]
