"""Numbers by which a resident finds again what he sent: unguessable (60 bits), easy to read out, forgiving to type."""

import secrets
import unicodedata

ALPHABET = "0123456789ABCDEFGHJKMNPQRSTVWXYZ"  # Crockford's: no I, L, O, U
SIGNS = 12


def new_number(prefix: str) -> str:
    """``prefix`` and twelve random signs in groups: ``Y-7K3M-Q9TB-XR2D``."""
    signs = "".join(secrets.choice(ALPHABET) for _ in range(SIGNS))
    return "-".join((prefix, signs[:4], signs[4:8], signs[8:]))


def read_number(text: str) -> str:
    """What was typed, as the number is kept; empty where it can't be one. Full width, small letters, spaces, O for 0 are understood."""
    plain = "".join(sign for sign in unicodedata.normalize("NFKC", text[:60]).upper() if sign.isalnum())
    prefix, signs = plain[:1], plain[1:].translate(str.maketrans("OIL", "011"))
    if len(signs) != SIGNS or any(sign not in ALPHABET for sign in signs):
        return ""
    return "-".join((prefix, signs[:4], signs[4:8], signs[8:]))
