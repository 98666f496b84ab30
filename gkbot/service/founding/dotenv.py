"""The `.env` of a new office: mail server and robots, each setting with a line that explains it."""

from collections.abc import Iterator
from pathlib import Path

from gkbot.service.founding.answers import Answers, MailAnswer
from gkbot.settings import ROBOT_PREFIX, Secret

_HEAD = """\
# gkbot 的设置，由 gkbot init 建立。里面有密码，只让运行 gkbot 的用户能读（权限600），不要外传。
# 全部设置见 config.example.env；改了以后重新启动后台服务。"""


def dotenv_text(answers: Answers) -> str:
    """The whole file."""
    lines = [_HEAD]
    if answers.mail is not None:
        lines += ["", "# 邮件服务器", *_mail(answers.mail)]
    if answers.robots:
        lines += ["", "# 企业微信群机器人：完整的 Webhook 地址，相当于密码"]
        lines += [_secret(ROBOT_PREFIX + robot.name, robot.address) for robot in answers.robots]
    return "\n".join(lines) + "\n"


def _mail(mail: MailAnswer) -> Iterator[str]:
    yield f"GKBOT_SMTP_HOST={_quoted(mail.host)}"
    if mail.port is not None:
        yield f"GKBOT_SMTP_PORT={mail.port}"
    yield "# 连接方式：ssl、starttls、none；不会自动降级为不加密"
    yield f"GKBOT_SMTP_SECURITY={mail.security}"
    if mail.user is not None:
        yield f"GKBOT_SMTP_USER={_quoted(mail.user)}"
    if mail.password is not None:
        yield _secret("GKBOT_SMTP_PASSWORD", mail.password)
    yield "# 发件人；多数服务器要求与登录名相同"
    yield f"GKBOT_MAIL_FROM={_quoted(mail.sender)}"


def _secret(name: str, value: Secret | Path) -> str:
    if isinstance(value, Path):
        return f"{name}_FILE={_quoted(str(value.absolute()))}"
    return f"{name}={_quoted(value.reveal())}"


def _quoted(text: str) -> str:
    """A value in single quotes, in which python-dotenv undoes nothing but these two escapes."""
    escaped = text.replace("\\", "\\\\").replace("'", "\\'")
    return f"'{escaped}'"
