"""App configuration."""

from django.apps import AppConfig


class RestConfig(AppConfig):
    """The app."""

    name = "rest"
    verbose_name = "接口"
