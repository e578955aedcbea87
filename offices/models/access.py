"""How staff sign in besides the password: second factors, single sign-on, and where somebody is signed in."""

from django.contrib.sessions.backends.base import SessionBase
from django.contrib.sessions.base_session import AbstractBaseSession
from django.db import models

from offices.ciphers import ClosedTextField
from offices.models.base import Record
from offices.models.divisions import Division
from offices.models.people import User


class SecondFactor(Record):
    """The secret that a person's authenticator shares with the platform; it counts once he has typed a code of it."""

    user = models.OneToOneField(User, models.CASCADE, related_name="second_factor")
    secret = ClosedTextField(purpose="second_factor")
    confirmed_at = models.DateTimeField("启用", null=True)
    last_step = models.BigIntegerField(default=0, help_text="the half minute of the last code: no code counts twice")
    wrong = models.PositiveSmallIntegerField(default=0, help_text="wrong codes since the last right one")
    wrong_at = models.DateTimeField(null=True)

    class Meta:
        verbose_name = verbose_name_plural = "动态口令"


class RecoveryCode(models.Model):
    """A code on paper for the day on which the telephone is lost: kept as a salted hash, it opens once."""

    factor = models.ForeignKey(SecondFactor, models.CASCADE, related_name="codes")
    digest = models.CharField(max_length=64)
    used_at = models.DateTimeField(null=True)

    class Meta:
        constraints = [models.UniqueConstraint(fields=("factor", "digest"), name="recovery_code_once")]


class FactorRule(Record):
    """A division that asks all of its staff, and those of the places below, for a second factor."""

    division = models.OneToOneField(Division, models.PROTECT, related_name="+")
    by = models.ForeignKey(User, models.PROTECT, related_name="+")


class SingleSignOn(Record):
    """An account and the person that the city's identity provider means by it: bound at the first sign-in, never to another."""

    user = models.OneToOneField(User, models.CASCADE, related_name="single_sign_on")
    issuer = models.CharField(max_length=200)
    subject = models.CharField(max_length=255)

    class Meta:
        constraints = [models.UniqueConstraint(fields=("issuer", "subject"), name="one_account_per_identity")]


class StaffSession(AbstractBaseSession):
    """A session, with whose it is (none: a resident's) and on what: so that somebody can see where he is signed in."""

    user = models.ForeignKey(User, models.CASCADE, null=True, related_name="sessions")
    since = models.DateTimeField(null=True)
    device = models.CharField(max_length=40, blank=True)

    class Meta:
        verbose_name = verbose_name_plural = "会话"

    @classmethod
    def get_session_store_class(cls) -> type[SessionBase]:
        """What Django keeps sessions by (``SESSION_ENGINE``)."""
        from offices.sessions import SessionStore  # noqa: PLC0415 - a session engine names its model, and the model its engine

        return SessionStore
