"""Settings of the test runs: those of the platform with a data folder of their own and cheap password hashes."""

import atexit
import ipaddress
import os
import shutil
import tempfile

_data = tempfile.mkdtemp(prefix="renovation-tests-")
atexit.register(shutil.rmtree, _data, ignore_errors=True)
os.environ["DATA"] = _data
os.environ.pop("PRODUCTION", None)
os.environ.pop("REDIS_URL", None)
os.environ.pop("CLOCK", None)
os.environ.setdefault("SECRET_KEY", "tests-only-" + "k" * 50)

from renovation.settings import *  # noqa: E402, F403

PASSWORD_HASHERS = ["django.contrib.auth.hashers.MD5PasswordHasher"]
STORAGES = {
    "default": {"BACKEND": "django.core.files.storage.FileSystemStorage"},
    "staticfiles": {"BACKEND": "django.contrib.staticfiles.storage.StaticFilesStorage"},
}
CELERY_BROKER_URL = "memory://"  # publishing works, nobody consumes: tests call the actions behind the tasks
EMAIL_BACKEND = "django.core.mail.backends.locmem.EmailBackend"
SMS_APART = False
WEBHOOK_NETWORKS = [ipaddress.ip_network("192.0.2.0/24")]  # of the documentation: stands for a host that may be told
STATIC_ROOT.mkdir(parents=True, exist_ok=True)  # noqa: F405
REST = {  # the limits have tests of their own
    **REST,  # noqa: F405
    "RATE_URL": "",
    **dict.fromkeys(
        ("RATE_ANONYMOUS", "RATE_KNOWN", "PORTAL_SENDS", "PORTAL_MISSES", "PORTAL_CODES", "PORTAL_DOWNLOADS"), 1_000_000
    ),
}
