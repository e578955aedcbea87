"""App configuration."""

from django.apps import AppConfig


class ProjectsConfig(AppConfig):
    """The app."""

    name = "projects"
    verbose_name = "项目"

    def ready(self) -> None:
        """Make the annual plan known to the engine below (its cases) and to the imports (its table); have a say in merges."""
        from communities.imports.kinds import register
        from projects import merging, subjects  # noqa: F401 - they register themselves
        from projects.imports import PlanKind

        register(PlanKind())
