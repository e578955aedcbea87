"""App configuration."""

from django.apps import AppConfig


class OfficesConfig(AppConfig):
    """The app."""

    name = "offices"
    verbose_name = "政府机构"
