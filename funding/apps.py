"""App configuration."""

from django.apps import AppConfig


class FundingConfig(AppConfig):
    """The app."""

    name = "funding"
    verbose_name = "资金"
