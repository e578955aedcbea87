"""App configuration."""

from django.apps import AppConfig


class ApprovalsConfig(AppConfig):
    """The app."""

    name = "approvals"
    verbose_name = "审批"
