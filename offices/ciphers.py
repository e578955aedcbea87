"""Values that have to be read again and must not lie open in a table, a backup or a dump: encrypted with a key from SECRET_KEY.

Fernet of ``cryptography`` (AES-128-CBC with an HMAC: what was changed or cut does not open). Each purpose has a key of its own; keys of
SECRET_KEY_FALLBACKS still open what they closed, so that the secret can be changed.
"""

import base64
import hashlib
import hmac
from functools import lru_cache
from typing import Any

from cryptography.fernet import Fernet, InvalidToken, MultiFernet
from django.conf import settings
from django.db import models


@lru_cache(maxsize=16)
def _keys(purpose: str, secrets: tuple[str, ...]) -> MultiFernet:
    made = (
        hmac.new(secret.encode(), f"offices.ciphers.{purpose}".encode(), hashlib.sha256).digest() for secret in secrets
    )
    return MultiFernet([Fernet(base64.urlsafe_b64encode(key)) for key in made])


def _of(purpose: str) -> MultiFernet:
    return _keys(purpose, (settings.SECRET_KEY, *settings.SECRET_KEY_FALLBACKS))


def close(text: str, *, purpose: str) -> str:
    """``text`` as it may stand in a table; not twice the same."""
    return _of(purpose).encrypt(text.encode()).decode("ascii")


def opened(text: str, *, purpose: str) -> str:
    """What ``close`` was given. ValueError where it was changed, or closed under a key that is not known any more."""
    try:
        return _of(purpose).decrypt(text.encode()).decode()
    except InvalidToken as error:
        raise ValueError(
            "this value does not open: it was changed, or SECRET_KEY was (SECRET_KEY_FALLBACKS)"
        ) from error


class ClosedTextField(models.TextField):
    """A text that stands encrypted in the database and is plain in Python. It can't be searched for: keep a salted hash beside it."""

    description = "Encrypted text"

    def __init__(self, *args: Any, purpose: str = "", **kwargs: Any) -> None:
        self.purpose = purpose
        super().__init__(*args, **kwargs)

    def deconstruct(self) -> Any:
        """With the purpose, which names the key."""
        name, path, args, kwargs = super().deconstruct()
        return name, path, args, {**kwargs, "purpose": self.purpose}

    def from_db_value(self, value: str | None, expression: Any, connection: Any) -> str | None:
        """Plain text."""
        return opened(value, purpose=self.purpose) if value else value

    def get_prep_value(self, value: Any) -> Any:
        """Encrypted text."""
        value = super().get_prep_value(value)
        return close(value, purpose=self.purpose) if value else value
