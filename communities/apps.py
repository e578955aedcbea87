"""App configuration."""

from importlib import import_module

from django.apps import AppConfig


class CommunitiesConfig(AppConfig):
    """The app."""

    name = "communities"
    verbose_name = "小区"

    def ready(self) -> None:
        """Make this app's kinds of import known (the modules read models, so only now)."""
        import_module("communities.imports.builtin")
