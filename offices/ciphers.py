"""Values that have to be read again and must not lie open in a table, a backup or a dump: encrypted with a key from SECRET_KEY.

Fernet of ``cryptography`` (AES-128-CBC with an HMAC: what was changed or cut does not open). Each purpose has a key of its own; keys of
SECRET_KEY_FALLBACKS still open what they closed, so that the secret can be changed.
"""

import base64
import hashlib
import hmac
import logging
from functools import lru_cache
from typing import Any

from cryptography.fernet import Fernet, InvalidToken, MultiFernet
from django.conf import settings
from django.db import models

logger = logging.getLogger(__name__)
MARK = "gAAAAA"  # how every Fernet token begins


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


class Kept(str):
    """A text of a table, with the closed words that stand there: what is not changed is written, and backed up, as it was."""

    closed: str

    @classmethod
    def of(cls, closed: str, *, purpose: str) -> "Kept":
        """Opened where the key is known. Else the closed words themselves, which are no address and no secret of anything."""
        try:
            kept = cls(opened(closed, purpose=purpose))
        except ValueError:
            logger.error("closed_value_does_not_open", extra={"purpose": purpose})
            kept = cls(closed)
        kept.closed = closed
        return kept


class ClosedTextField(models.TextField):
    """A text that stands encrypted in the database and is plain in Python. It can't be searched for: keep a salted hash beside it.

    Plain words of before the field was closed are read as they are; the next write closes them.
    """

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
        return Kept.of(value, purpose=self.purpose) if value and value.startswith(MARK) else value

    def to_python(self, value: Any) -> Any:
        """Text; closed words (of a backup) stay what they are."""
        text = super().to_python(value)
        if isinstance(text, str) and not isinstance(text, Kept) and text.startswith(MARK):
            return Kept.of(text, purpose=self.purpose)
        return text

    def get_prep_value(self, value: Any) -> Any:
        """Encrypted text."""
        value = super().get_prep_value(value)
        if isinstance(value, Kept):
            return value.closed
        return close(value, purpose=self.purpose) if value else value

    def value_to_string(self, obj: models.Model) -> str:
        """As it stands in a backup: closed."""
        return str(self.get_prep_value(self.value_from_object(obj)) or "")
