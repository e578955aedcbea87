"""The rows behind the route table of schemes: a scheme with a fixed version, and a draft that has moved on."""

from decimal import Decimal

from django.core.files.uploadedfile import SimpleUploadedFile

from offices.models import User
from offices.rulebooks import layers_of
from projects.actions import scheme_items, schemes
from projects.models import Project
from projects.rules.scheme import catalogue
from tests.cast import AT, TODAY


def build_scheme(clerk: User, project: Project) -> None:
    """A scheme of the project: one line, fixed; then another line and a drawing."""
    scheme = schemes.open_scheme(by=clerk, at=AT, project=project)
    for name in ("道路", "照明"):
        values = {
            "catalogue_key": catalogue_key(project, name),
            "quantity": "10",
            "unit": "项",
            "unit_price": Decimal("100.00"),
        }
        scheme_items.add_item(
            by=clerk, at=AT, today=TODAY, scheme=scheme, values={**values, "payers": [("county", None)]}
        )
        if name == "道路":
            schemes.fix_version(by=clerk, at=AT, today=TODAY, scheme=scheme)
    upload = SimpleUploadedFile("总平面图.txt", "图".encode())
    schemes.attach(by=clerk, at=AT, scheme=scheme, kind="drawing", title="总平面图", upload=upload)


def catalogue_key(project: Project, name: str) -> str:
    """Key of an item of the place's catalogue."""
    entries = catalogue(layers_of(project.division))
    return next(entry.key for entry in entries if entry.item.name == name)
