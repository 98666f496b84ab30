"""Mails that came back, as a mail server writes them (RFC 3464)."""

OURS = "<n7QK3M9ZD.0123456789abcdef@example.gov.cn>"


def report(
    status: str = "5.1.1",
    action: str = "failed",
    *,
    diagnostic: str = "smtp; 550 5.1.1 no such user",
    original: str = f"Message-ID: {OURS}\nSubject: x\n",
) -> bytes:
    """A report in the form of RFC 3464, as Postfix writes it."""
    return (
        "From: MAILER-DAEMON@mail.example.test\nTo: bot@example.gov.cn\nSubject: Undelivered Mail\n"
        "Message-ID: <daemon@mail.example.test>\nAuto-Submitted: auto-replied\nMIME-Version: 1.0\n"
        'Content-Type: multipart/report; report-type=delivery-status; boundary="B"\n\n'
        "--B\nContent-Type: text/plain\n\nI'm sorry.\n"
        "--B\nContent-Type: message/delivery-status\n\nReporting-MTA: dns; mail.example.test\n\n"
        f"Final-Recipient: rfc822; a@example.gov.cn\nAction: {action}\nStatus: {status}\n"
        f"Diagnostic-Code: {diagnostic}\n\n"
        f"--B\nContent-Type: text/rfc822-headers\n\n{original}\n--B--\n"
    ).encode()
