"""What every answer tells a browser, whatever it is: pages, the interface, files, errors, static files."""

from django.http import HttpResponseBase

SAID = {
    "X-Content-Type-Options": "nosniff",
    "X-Frame-Options": "DENY",
    "Referrer-Policy": "same-origin",
    "Cross-Origin-Opener-Policy": "same-origin",
}
POLICY = {
    "default-src": "'self'", "object-src": "'none'", "base-uri": "'none'", "form-action": "'self'", "frame-ancestors": "'none'",
}  # fmt: skip
CLOSED = "sandbox; default-src 'none'"  # what somebody uploaded: it may do nothing at all
NEVER = ("unsafe-inline", "unsafe-eval", "strict-dynamic", "http:", "https:", "*", "blob:")


def hold(response: HttpResponseBase, seen: str) -> None:
    """Every header is there, and the policy lets no inline script or style, no eval and no other site in."""
    for name, value in SAID.items():
        assert response.headers.get(name) == value, f"{seen}: {name} {response.headers.get(name)}"
    assert "camera=()" in response.headers.get("Permissions-Policy", ""), seen
    text = response.headers.get("Content-Security-Policy", "")
    parts = dict(part.strip().split(" ", 1) for part in text.split(";") if " " in part.strip())
    assert text.startswith(CLOSED) or parts.items() >= POLICY.items(), f"{seen}: {text}"
    assert not any(word in text for word in NEVER), f"{seen}: {text}"
    assert "Server" not in response.headers and "X-Powered-By" not in response.headers, seen
