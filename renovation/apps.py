"""App configuration."""

from django.apps import AppConfig


class RenovationConfig(AppConfig):
    """The app."""

    name = "renovation"
    verbose_name = "平台"
