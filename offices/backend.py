"""Who a session belongs to, read together with where he works: every page asks for both."""

from django.contrib.auth.backends import ModelBackend

from offices.models import Membership, User


class StaffBackend(ModelBackend):
    """Django's own, with the user's memberships in force in the query of the user."""

    def get_user(self, user_id: int) -> User | None:
        """The user of a session; None for one who may not sign in."""
        rows = list(
            Membership.objects.filter(user_id=user_id, active=True)
            .select_related("user", "body__division")
            .order_by("pk")
        )
        if not rows:
            found = super().get_user(user_id)
            return found if isinstance(found, User) else None
        user = rows[0].user
        if not self.user_can_authenticate(user):
            return None
        if not user.must_change_password:
            user.active_memberships = rows  # what the property would read
        return user
