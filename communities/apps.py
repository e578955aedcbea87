"""App configuration."""

from django.apps import AppConfig


class CommunitiesConfig(AppConfig):
    """The app."""

    name = "communities"
    verbose_name = "小区"
