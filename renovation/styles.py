"""The styles of resident pages as one file: nine requests on a slow network are half a second that nobody has to wait."""

from collections.abc import Iterator
from pathlib import Path
from typing import Any

from django.conf import settings
from django.contrib.staticfiles.storage import staticfiles_storage
from whitenoise.storage import CompressedManifestStaticFilesStorage

SHEETS = tuple(
    f"css/{name}.css" for name in ("tokens", "text", "forms", "parts", "tables", "frame", "public", "old", "print")
)
BUNDLE = "css/resident.css"


class Storage(CompressedManifestStaticFilesStorage):  # type: ignore[misc]
    """Static files by their hash, packed, and the bundle among them: ``collectstatic`` writes it."""

    def post_process(self, paths: dict[str, Any], dry_run: bool = False, **options: Any) -> Iterator[Any]:
        """As Django's, after the sheets have been put together in the order of the page."""
        if not dry_run and all(name in paths for name in SHEETS):
            parts = []
            for name in SHEETS:
                storage, path = paths[name]
                with storage.open(path) as handle:
                    parts.append(handle.read())
            Path(self.path(BUNDLE)).write_bytes(b"\n".join(parts))
            paths[BUNDLE] = (self, BUNDLE)
        yield from super().post_process(paths, dry_run, **options)


def sheets() -> tuple[str, ...]:
    """The files of a resident page's styles: the bundle where it was collected, else each by itself."""
    collected = not settings.DEBUG and BUNDLE in getattr(staticfiles_storage, "hashed_files", ())
    return (BUNDLE,) if collected else SHEETS
