"""Answers as they leave: pages and JSON, always escaped, always with the headers that keep browsers strict."""

import base64
import hashlib
from collections.abc import Mapping
from functools import cache

from jinja2 import Environment, PackageLoader, StrictUndefined
from markupsafe import Markup
from starlette.responses import HTMLResponse, JSONResponse, Response

STYLE_FILE = "style.css"
METRICS_TYPE = "text/plain; version=0.0.4; charset=utf-8"  # Prometheus, "Exposition formats"


def page(name: str, *, status: int = 200, headers: Mapping[str, str] | None = None, **facts: object) -> Response:
    """The page of this name (a file in `pages/` without `.html`), filled with facts."""
    content = _pages().get_template(f"{name}.html").render(facts)
    return HTMLResponse(content, status, headers={**strict_headers(), **(headers or {})})


def json(content: Mapping[str, object], *, status: int = 200) -> Response:
    """An answer for programs."""
    return JSONResponse(content, status, headers=strict_headers())


def plain(content: bytes) -> Response:
    """Figures in the text format of Prometheus."""
    return Response(content, headers={**strict_headers(), "Content-Type": METRICS_TYPE})


@cache
def strict_headers() -> dict[str, str]:
    """Nothing from elsewhere, no script, no frame, nothing kept, nothing told to other sites."""
    policy = (
        "default-src 'none'",
        f"style-src {_source_of(_style())}",
        "form-action 'self'",
        "frame-ancestors 'none'",
        "base-uri 'none'",
    )
    return {
        "Content-Security-Policy": "; ".join(policy),
        "Referrer-Policy": "no-referrer",
        "X-Content-Type-Options": "nosniff",
        "X-Frame-Options": "DENY",
        "X-Robots-Tag": "noindex, nofollow",
        "Cache-Control": "no-store",
    }


@cache
def _pages() -> Environment:
    pages = Environment(
        loader=PackageLoader("gkbot.web", "pages"),
        autoescape=True,
        undefined=StrictUndefined,
        trim_blocks=True,
        lstrip_blocks=True,
        auto_reload=False,
    )
    pages.globals["style"] = Markup(_style())  # noqa: S704 - our own file, a part of the program
    return pages


@cache
def _style() -> str:
    loader = PackageLoader("gkbot.web", "pages")
    return loader.get_source(Environment(autoescape=True), STYLE_FILE)[0]


def _source_of(text: str) -> str:
    """How a Content-Security-Policy names a style that stands in the page (CSP level 2, hash-source)."""
    return f"'sha256-{base64.b64encode(hashlib.sha256(text.encode()).digest()).decode()}'"
