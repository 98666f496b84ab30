"""Who may look and who may answer: the machine itself, and forms of our own pages."""

from ipaddress import IPv6Address, ip_address
from urllib.parse import urlsplit

from starlette.requests import Request

FORWARDED = ("forwarded", "x-forwarded-for", "x-forwarded-host", "x-real-ip", "via")
OWN_SITES = frozenset({"same-origin", "none"})


def is_local(request: Request) -> bool:
    """Whether the request comes from the machine itself and not through a proxy.

    The name asked for must be the machine's own, too: a web page elsewhere can make a browser here
    ask 127.0.0.1 under a name of its own (DNS rebinding).
    """
    if request.client is None or any(name in request.headers for name in FORWARDED):
        return False
    return is_loopback(request.client.host) and is_loopback(_host(request.headers.get("host", "")))


def is_loopback(host: str) -> bool:
    """Whether this name or address is the machine itself."""
    if host == "localhost":
        return True
    try:
        address = ip_address(host)
    except ValueError:
        return False
    if isinstance(address, IPv6Address) and address.ipv4_mapped is not None:
        return address.ipv4_mapped.is_loopback
    return address.is_loopback


def is_own_form(request: Request, public_url: str | None) -> bool:
    """Whether a POST comes from one of our pages, as far as the browser says.

    The token in the address is what entitles; this only keeps other sites from pressing the button.
    Browsers send no Sec-Fetch-Site to plain http addresses, and `Origin: null` from pages without
    referrer (Fetch Standard, "append a request Origin header"), so `null` says nothing.
    """
    site = request.headers.get("sec-fetch-site")
    if site is not None:
        return site in OWN_SITES
    origin = request.headers.get("origin")
    if origin in {None, "null"}:
        return True
    own = {request.headers.get("host", "").lower()}
    if public_url is not None:
        own.add(urlsplit(public_url).netloc.lower())
    return urlsplit(str(origin)).netloc.lower() in own


def _host(netloc: str) -> str:
    try:
        return urlsplit(f"//{netloc}").hostname or ""
    except ValueError:
        return ""
