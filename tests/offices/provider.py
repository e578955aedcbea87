"""A small OpenID provider for tests, in a process of its own over HTTP: ``python -m tests.offices.provider`` prints its address.

It keeps to OpenID Connect Core: code flow with PKCE, tokens signed with a key that ``/keys`` publishes, a code that opens once. Whoever
signs in, and what is wrong with his token, a test writes behind the address of ``/authorize`` (``user``, ``twist``).
"""

import base64
import hashlib
import json
import secrets
import time
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from typing import Any
from urllib.parse import parse_qs, urlencode, urlsplit

from joserfc import jwt
from joserfc.jwk import OctKey, RSAKey

CLIENT, SECRET = "renovation", "the-clients-secret"
KEY = RSAKey.generate_key(2048, {"kid": "first", "use": "sig", "alg": "RS256"})
STRANGER = RSAKey.generate_key(2048, {"kid": "first", "use": "sig", "alg": "RS256"})
CODES: dict[str, dict[str, str]] = {}
PEOPLE: dict[str, dict[str, Any]] = {
    "clerk": {"sub": "p-1", "preferred_username": "ruicheng.housing.clerk"},
    "again": {"sub": "p-2", "preferred_username": "ruicheng.housing.clerk"},  # the name was given to another person
    "renamed": {"sub": "p-1", "preferred_username": "somebody.else"},
    "strong": {"sub": "p-1", "preferred_username": "ruicheng.housing.clerk", "amr": ["pwd", "otp"]},
    "stranger": {"sub": "p-9", "preferred_username": "nobody.invited"},
    "root": {"sub": "p-0", "preferred_username": "root"},
    "mail": {"sub": "p-3", "email": "ruicheng.housing.clerk@example.org", "email_verified": False},
}


def unsigned(claims: dict[str, Any]) -> str:
    """A token that nobody signed."""
    parts = [json.dumps(part).encode() for part in ({"alg": "none", "typ": "JWT"}, claims)]
    return ".".join([*(base64.urlsafe_b64encode(part).rstrip(b"=").decode() for part in parts), ""])


def token_of(note: dict[str, str], issuer: str) -> str:
    """The token of a code, with what is wrong with it."""
    now, twist = int(time.time()), note.get("twist", "")
    claims = {
        **PEOPLE[note["user"]],
        "iss": issuer,
        "aud": CLIENT,
        "iat": now,
        "exp": now + 300,
        "nonce": note["nonce"],
    }
    wrong: dict[str, dict[str, Any]] = {
        "audience": {"aud": "another-client"}, "expired": {"iat": now - 9000, "exp": now - 7200},
        "issuer": {"iss": "https://evil.example"}, "nonce": {"nonce": "of-another-sign-in"},
    }  # fmt: skip
    claims |= wrong.get(twist, {})
    if twist == "no-expiry":
        del claims["exp"]
    if twist == "unsigned":
        return unsigned(claims)
    if twist == "by-secret":  # signed with what a public key's words hash to
        return jwt.encode({"alg": "HS256"}, claims, OctKey.import_key(SECRET * 2))
    return jwt.encode({"alg": "RS256", "kid": "first"}, claims, STRANGER if twist == "key" else KEY)


class Provider(BaseHTTPRequestHandler):
    """The four addresses."""

    def log_message(self, *args: Any) -> None:
        """Nothing."""

    def _json(self, status: int, content: dict[str, Any]) -> None:
        body = json.dumps(content).encode()
        self.send_response(status)
        self.send_header("Content-Type", "application/json")
        self.send_header("Content-Length", str(len(body)))
        self.end_headers()
        self.wfile.write(body)

    @property
    def issuer(self) -> str:
        """Its own name."""
        return f"http://{self.headers['Host']}"

    def do_GET(self) -> None:
        """What it is, its keys, and who signs in."""
        parts = urlsplit(self.path)
        asked = {key: values[0] for key, values in parse_qs(parts.query).items()}
        if parts.path == "/.well-known/openid-configuration":
            names = {f"{key}_endpoint": f"{self.issuer}/{key}" for key in ("authorization", "token")}
            algorithms = ["RS256", "none", "HS256"]  # a careless provider
            return self._json(200, {
                "issuer": self.issuer, "jwks_uri": f"{self.issuer}/keys", **names,
                "id_token_signing_alg_values_supported": algorithms, "response_types_supported": ["code"],
            })  # fmt: skip
        if parts.path == "/keys":
            return self._json(200, {"keys": [KEY.as_dict(private=False)]})
        if asked.get("code_challenge_method") != "S256" or asked.get("client_id") != CLIENT:
            return self._json(400, {"error": "invalid_request"})
        code = secrets.token_urlsafe(16)
        CODES[code] = asked
        back = f"{asked['redirect_uri']}?{urlencode({'code': code, 'state': asked['state']})}"
        self.send_response(302)
        self.send_header("Location", back)
        self.end_headers()

    def do_POST(self) -> None:
        """A code for a token: once, with the verifier that was promised."""
        sent = {
            key: values[0]
            for key, values in parse_qs(self.rfile.read(int(self.headers["Content-Length"])).decode()).items()
        }
        note = CODES.pop(sent.get("code", ""), None)
        made = (
            base64.urlsafe_b64encode(hashlib.sha256(sent.get("code_verifier", "").encode()).digest())
            .rstrip(b"=")
            .decode()
        )
        known = base64.b64encode(f"{CLIENT}:{SECRET}".encode()).decode()
        if note is None or made != note["code_challenge"] or self.headers.get("Authorization") != f"Basic {known}":
            return self._json(400, {"error": "invalid_grant"})
        self._json(200, {"access_token": "x", "token_type": "Bearer", "id_token": token_of(note, self.issuer)})


if __name__ == "__main__":
    server = ThreadingHTTPServer(("127.0.0.1", 0), Provider)
    print(f"http://127.0.0.1:{server.server_port}", flush=True)
    server.serve_forever()
