"""The site: settings, URLs, Celery, launcher, and the pages that join several apps."""
