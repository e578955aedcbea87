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

    def ready(self) -> None:
        """Say what programs can follow (the models are there only now), what the worker can export, and what the frame counts."""
        from offices.viewing import register_counts
        from renovation.desk import counts
        from renovation.exporting import offer
        from renovation.following import follow_all

        follow_all()
        offer()
        register_counts(counts)
