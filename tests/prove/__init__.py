"""``make prove``: each promise of the platform, what was done to it in this very run, what came of it (``python -m tests.prove``)."""
