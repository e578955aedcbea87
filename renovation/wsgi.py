"""The WSGI entry point."""

import gc
import os

from django.core.wsgi import get_wsgi_application

os.environ.setdefault("DJANGO_SETTINGS_MODULE", "renovation.settings")
application = get_wsgi_application()
# A page of a list makes some thousand objects and lets them go at once: looking for rings among them at every 700 costs a twentieth.
gc.set_threshold(25_000, 20, 20)
# What stands now stands for good: no collection walks over it again, and forked workers share its pages.
gc.collect()
gc.freeze()
