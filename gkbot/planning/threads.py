"""The short name of a duty: mails and calendar entries about it belong together by this name."""

import hashlib


def thread_of(task: str, unit: str, period: str | None) -> str:
    """Sixteen hex digits over the duty's key, each part with its length in front, so that none runs into the next."""
    joined = "".join(f"{len(part)}:{part}" for part in (task, unit, period or ""))
    return hashlib.sha256(joined.encode()).hexdigest()[:16]
