"""App configuration."""

from django.apps import AppConfig


class ProjectsConfig(AppConfig):
    """The app."""

    name = "projects"
    verbose_name = "项目"

    def ready(self) -> None:
        """Make the annual plan known to the engine below (its cases) and to the imports (its table), have a say in merges,
        follow the working-day calendar; what was issued is never rewritten."""
        from approvals import standing
        from approvals.notices import subjects as notices
        from communities.imports.kinds import register
        from funding import subjects as money
        from offices import official as forms
        from offices.calendar import on_calendar_change
        from offices.triggers import protect
        from offices.viewing import register_default_year
        from projects import merging, purposes, scheme_subject, subjects  # noqa: F401 - they register themselves
        from projects.companion_import import CompanionKind
        from projects.filings import filings_moved
        from projects.gates import OF_PLAN
        from projects.imports import PlanKind
        from projects.models import (
            AnnualPlan,
            AssessmentRelease,
            FigureSnapshot,
            MonthReport,
            PlanLine,
            PlanVersion,
            Project,
            ProjectCommunity,
            RankingFact,
            RankingWeights,
            ReportPlace,
            SchemeVersion,
            SpecialPlanEntry,
            SpecialPlanVersion,
            SpotCheck,
        )
        from projects.money import Money
        from projects.notices import ProjectSubject, notices_moved
        from projects.papers import official
        from projects.queries import acceptance, aftercare
        from projects.queries.around import beside_plans
        from projects.queries.permits import start_papers
        from projects.queries.plan_money import plan_money
        from projects.queries.plans import live_year
        from projects.queries.public_schemes import reviews
        from projects.queries.works import works_records
        from projects.records import keep
        from projects.rules.start import ON_THE_PAGE
        from projects.scheme_notices import scheme_changed
        from projects.schemes import on_scheme_changed
        from rest.versions import watch

        forms.register("plan", official.plan)
        forms.register("acceptance", official.acceptance)
        forms.register("certificate", official.certificate)
        register_default_year(live_year)
        watch(Project, ProjectCommunity, AnnualPlan, PlanLine, SpecialPlanEntry, SpecialPlanVersion)
        watch(AssessmentRelease, MonthReport, RankingFact, RankingWeights)
        register(PlanKind())
        register(CompanionKind())
        notices.register("project", ProjectSubject())
        protect(PlanVersion)
        protect(RankingWeights)
        protect(RankingFact)
        money.register(Money())
        protect(SchemeVersion)
        standing.register("schemes", reviews, kinds={"review"})
        standing.register("start", start_papers, kinds=ON_THE_PAGE)
        standing.register("works", works_records, kinds={"residents_supervision", "lessons"})
        keep()
        standing.register("plan_money", plan_money, kinds=OF_PLAN)
        standing.register("acceptances", acceptance.source, kinds=acceptance.KINDS)
        standing.register("aftercare", aftercare.source, kinds=aftercare.KINDS)
        standing.register("beside_plans", beside_plans, kinds={"division_survey", "department_plans"})
        protect(SpotCheck)
        protect(ReportPlace)
        protect(FigureSnapshot)
        if scheme_changed not in on_scheme_changed:
            on_scheme_changed.append(scheme_changed)
        for listener in (notices_moved, filings_moved):
            if listener not in on_calendar_change:
                on_calendar_change.append(listener)
