"""App configuration."""

from importlib import import_module

from django.apps import AppConfig

from offices.triggers import protect


class CommunitiesConfig(AppConfig):
    """The app."""

    name = "communities"
    verbose_name = "小区"

    def ready(self) -> None:
        """Make this app's kinds of import known (the modules read models, so only now) and guard what is never rewritten."""
        import_module("communities.imports.builtin")
        import_module("offices.succession").register("communities", import_module("communities.succession").waiting)
        models = import_module("communities.models")
        import_module("rest.versions").watch(models.Community, models.CommunityFact, models.Hazard, models.Organisation)
        protect(models.RollSettlement)
        protect(
            models.Agency,
            frozen=("person", "kind", "evidence", "file", "valid_from", "valid_until", "entered_by", "entered_at"),
            insert_only=False,
        )
        for answered in (models.ComplaintAnswer, models.ComplaintTransfer, models.ComplaintReveal):
            protect(answered)
        protect(models.Complaint, frozen=models.Complaint.FROZEN, insert_only=False)
