"""App configuration."""

from django.apps import AppConfig


class ProjectsConfig(AppConfig):
    """The app."""

    name = "projects"
    verbose_name = "项目"
