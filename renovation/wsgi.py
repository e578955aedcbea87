"""The WSGI entry point."""

import gc
import os

from django.core.wsgi import get_wsgi_application

os.environ.setdefault("DJANGO_SETTINGS_MODULE", "renovation.settings")
application = get_wsgi_application()
# What stands now stands for good: no collection walks over it again, and forked workers share its pages.
gc.collect()
gc.freeze()
