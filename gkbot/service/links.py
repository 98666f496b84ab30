"""Links for contacts: who may answer for which duty, signed, so that nobody can guess or change one."""

import hashlib
from dataclasses import dataclass
from datetime import timedelta
from typing import Any, Self

from itsdangerous import BadData, SignatureExpired, TimestampSigner, URLSafeTimedSerializer

from gkbot.clock import Clock
from gkbot.settings import Secret, Settings

PATH = "/x/"
SALT = "gkbot.contact-link.1"
LEAVING_PATH = "/u/"
LEAVING_SALT = "gkbot.leaving-link.1"
LIFE = timedelta(days=400)  # a yearly duty's first notice still leads somewhere when the year is over
MOST_CHARACTERS = 2000


@dataclass(frozen=True, slots=True, kw_only=True)
class Link:
    """What a token stands for.

    Attributes:
        contact: The post it was made for.
        is_expired: Signed by us, but too long ago (or in the future).
    """

    task: str
    unit: str
    period: str | None
    contact: str
    is_expired: bool = False


@dataclass(frozen=True, slots=True, kw_only=True)
class LeavingLink:
    """Whose wish to be left out of digests a token carries."""

    unit: str
    contact: str


class Links:
    """Makes and reads the links of one office; makes none where address or key is not set."""

    def __init__(self, public_url: str | None, secret: Secret | None, *, clock: Clock) -> None:
        """Sign with `secret` for pages under `public_url`.

        Args:
            clock: Says how old a token is.
        """
        self._public_url = public_url
        self._serializer = None if secret is None else _serializer(secret, clock)

    @classmethod
    def of(cls, settings: Settings, clock: Clock) -> Self:
        """The links of these settings."""
        return cls(settings.public_url, settings.secret_key, clock=clock)

    def report(self, task: str, unit: str, period: str | None, contact: str) -> str | None:
        """The address under which the contact of this post reports back; None where links are not set up."""
        if self._public_url is None or self._serializer is None:
            return None
        token = self._serializer.dumps([task, unit, period, contact])
        return f"{self._public_url}{PATH}{token if isinstance(token, str) else token.decode()}"

    def leaving(self, unit: str, contact: str) -> str | None:
        """The address to which a mail program posts that this contact wants no more digests (RFC 8058).

        None where links are not set up, or would not travel over HTTPS as the RFC wants.
        """
        if self._public_url is None or self._serializer is None or not self._public_url.startswith("https:"):
            return None
        token = self._serializer.dumps([unit, contact], salt=LEAVING_SALT)
        return f"{self._public_url}{LEAVING_PATH}{token if isinstance(token, str) else token.decode()}"

    def read_leaving(self, token: str) -> LeavingLink | None:
        """Whose wish it is; None where the token is not ours or too old."""
        if self._serializer is None or len(token) > MOST_CHARACTERS:
            return None
        try:
            payload = self._serializer.loads(token, max_age=int(LIFE.total_seconds()), salt=LEAVING_SALT)
        except BadData:
            return None
        match payload:
            case [str(unit), str(contact)]:
                return LeavingLink(unit=unit, contact=contact)
        return None

    def read(self, token: str) -> Link | None:
        """What the token stands for; None where it is not ours or links are not set up."""
        if self._serializer is None or len(token) > MOST_CHARACTERS:
            return None
        try:
            return _link(self._serializer.loads(token, max_age=int(LIFE.total_seconds())), is_expired=False)
        except SignatureExpired as expired:
            return _link(self._serializer.load_payload(expired.payload or b""), is_expired=True)
        except BadData:
            return None


class _ClockedSigner(TimestampSigner):
    """A signer that asks gkbot's clock for the time."""

    def __init__(self, *args: Any, clock: Clock, **options: Any) -> None:
        super().__init__(*args, **options)
        self._clock = clock

    def get_timestamp(self) -> int:
        return int(self._clock.now().timestamp())


def _serializer(secret: Secret, clock: Clock) -> URLSafeTimedSerializer:
    return URLSafeTimedSerializer(
        secret.reveal(),
        salt=SALT,
        serializer_kwargs={"ensure_ascii": False},  # Chinese names stay short; messages count bytes
        signer=_ClockedSigner,
        signer_kwargs={"digest_method": hashlib.sha256, "key_derivation": "hmac", "clock": clock},
    )


def _link(payload: object, *, is_expired: bool) -> Link | None:
    match payload:
        case [str(task), str(unit), str() | None as period, str(contact)]:
            return Link(task=task, unit=unit, period=period, contact=contact, is_expired=is_expired)
    return None
