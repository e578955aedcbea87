"""The site: settings, URLs, Celery, and the pages that join several apps."""

from renovation.celery import app as celery_app

__all__ = ["celery_app"]
