"""Production's settings, with limits of requests that the bench does not reach (they are counted all the same)."""

from renovation.settings import *  # noqa: F403

REST = {**REST, **dict.fromkeys(("RATE_ANONYMOUS", "RATE_KNOWN"), 10**9)}  # noqa: F405
