"""App configuration."""

from django.apps import AppConfig

from renovation.celery import app as celery_app

__all__ = [
    "RenovationConfig",
    "celery_app",
]  # with Django the Celery application is there too, so that shared tasks find their broker


class RenovationConfig(AppConfig):
    """The app."""

    name = "renovation"
    verbose_name = "平台"
