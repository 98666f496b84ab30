"""Settings: every mistake names the setting, the cause and the cure, and never shows a secret."""

from datetime import time
from pathlib import Path

import pytest

from gkbot.errors import SettingsError
from gkbot.settings import RobotForm, Secret, SmtpSecurity, load_settings

ROBOT = "https://qyapi.weixin.qq.com/cgi-bin/webhook/send?key=MARKED-SECRET"


def settings_from(**values: str):
    return load_settings(values, dotenv=None)


def test_nothing_configured_still_works():
    settings = settings_from()
    assert (settings.rules, settings.outbox_dir) == (Path("rules"), Path("var/outbox"))
    assert settings.database_url == "sqlite:///var/gkbot.db"
    assert settings.daily_at == time(9, 0)
    assert settings.zone.key == "Asia/Shanghai"
    assert settings.smtp is None
    assert settings.robots == {}
    assert (settings.web_host, settings.web_port) == ("127.0.0.1", 8000)


def test_a_mail_server_takes_the_port_of_its_security():
    for security, port in (("ssl", 465), ("starttls", 587), ("none", 25)):
        smtp = settings_from(
            GKBOT_SMTP_HOST="mail", GKBOT_SMTP_SECURITY=security, GKBOT_MAIL_FROM="a@example.gov.cn"
        ).smtp
        assert smtp is not None
        assert (smtp.security, smtp.port) == (SmtpSecurity(security), port)


def test_the_environment_wins_over_the_dotenv_file(tmp_path: Path):
    dotenv = tmp_path / ".env"
    dotenv.write_text("\ufeffGKBOT_DAILY_AT=08:45\nGKBOT_RULES=甲\nOTHER=1\n", encoding="utf-8")
    settings = load_settings({"GKBOT_RULES": "乙"}, dotenv=dotenv)
    assert (settings.daily_at, settings.rules) == (time(8, 45), Path("乙"))


def test_a_secret_can_lie_in_a_file(tmp_path: Path):
    secret = tmp_path / "robot"
    secret.write_text(f"{ROBOT}\n", encoding="utf-8")
    settings = settings_from(GKBOT_WECOM_ROBOT_COUNTIES_FILE=str(secret))
    assert settings.robots == {"COUNTIES": Secret(ROBOT)}


def test_secrets_do_not_show_in_the_settings():
    settings = settings_from(
        GKBOT_WECOM_ROBOT_COUNTIES=ROBOT,
        GKBOT_SECRET_KEY="MARKED-SECRET-0123456789",
        GKBOT_SMTP_HOST="mail",
        GKBOT_MAIL_FROM="a@example.gov.cn",
        GKBOT_SMTP_PASSWORD="MARKED-SECRET",
        GKBOT_DATABASE_URL="postgresql://gkbot:MARKED-SECRET@127.0.0.1/gkbot",
    )
    assert "MARKED-SECRET" not in repr(settings) + str(settings)


@pytest.mark.parametrize(
    ("values", "name", "words"),
    [
        ({"GKBOT_RULE": "x"}, "GKBOT_RULE", "是不是 GKBOT_RULES"),
        ({"GKBOT_WECOM_ROBOT_": ROBOT}, "GKBOT_WECOM_ROBOT_", "不认识"),
        ({"GKBOT_WECOM_ROBOT_县区": ROBOT}, "GKBOT_WECOM_ROBOT_县区", "不认识"),
        ({"GKBOT_WECOM_ROBOT_A": "key=1"}, "GKBOT_WECOM_ROBOT_A", "Webhook"),
        ({"GKBOT_DATABASE_URL": "nonsense"}, "GKBOT_DATABASE_URL", "sqlite:///"),
        ({"GKBOT_DAILY_AT": "25:00"}, "GKBOT_DAILY_AT", "09:00"),
        ({"GKBOT_TIMEZONE": "Asia/Beijing"}, "GKBOT_TIMEZONE", "Asia/Shanghai"),
        ({"GKBOT_SMTP_HOST": "mail"}, "GKBOT_MAIL_FROM", "发件人"),
        (
            {"GKBOT_SMTP_HOST": "m", "GKBOT_MAIL_FROM": "a@b.cn", "GKBOT_SMTP_SECURITY": "tls"},
            "GKBOT_SMTP_SECURITY",
            "starttls",
        ),
        (
            {"GKBOT_SMTP_HOST": "m", "GKBOT_MAIL_FROM": "a@b.cn", "GKBOT_SMTP_PORT": "70000"},
            "GKBOT_SMTP_PORT",
            "65535",
        ),
        ({"GKBOT_WEB_ADDRESS": "8000"}, "GKBOT_WEB_ADDRESS", "127.0.0.1:8000"),
        ({"GKBOT_PUBLIC_URL": "gk.example"}, "GKBOT_PUBLIC_URL", "https://"),
        ({"GKBOT_PUBLIC_URL": "https://gk.example.com"}, "GKBOT_SECRET_KEY", "签名密钥"),
        ({"GKBOT_SECRET_KEY": "short"}, "GKBOT_SECRET_KEY", "16"),
        ({"GKBOT_SMTP_PASSWORD_FILE": "/nowhere/at/all"}, "GKBOT_SMTP_PASSWORD_FILE", "路径"),
        ({"GKBOT_SECRET_KEY": "x" * 20, "GKBOT_SECRET_KEY_FILE": "/x"}, "GKBOT_SECRET_KEY_FILE", "只保留其中一个"),
    ],
)
def test_a_wrong_setting_is_named_with_its_cure(values: dict[str, str], name: str, words: str):
    with pytest.raises(SettingsError) as caught:
        load_settings(values, dotenv=None)
    assert caught.value.name == name
    assert words in str(caught.value)


def test_a_wrong_secret_is_not_repeated_in_the_error():
    with pytest.raises(SettingsError) as caught:
        settings_from(GKBOT_WECOM_ROBOT_A="MARKED-SECRET")
    assert "MARKED-SECRET" not in str(caught.value)


def test_a_secret_is_equal_to_its_twin_only():
    assert Secret("a") == Secret("a")
    assert Secret("a") != Secret("b")
    assert len({Secret("a"), Secret("a")}) == 1


@pytest.mark.parametrize(
    ("host", "pace"),
    [
        ("smtp.qq.com", (3, 80)),
        ("mail.example.gov.cn", (3, 80)),
        ("127.0.0.1", (0, 0)),
        ("10.1.2.3", (0, 0)),
        ("[::1]", (0, 0)),
        ("mail", (0, 0)),
    ],
)
def test_only_mail_servers_outside_the_house_are_spared(host: str, pace: tuple[float, int]):
    smtp = settings_from(GKBOT_SMTP_HOST=host, GKBOT_MAIL_FROM="a@example.gov.cn").smtp
    assert smtp is not None
    assert (smtp.every_seconds, smtp.per_hour) == pace


def test_a_robot_has_a_form_of_its_own():
    robot = {"GKBOT_WECOM_ROBOT_A": ROBOT}
    assert settings_from(**robot, GKBOT_WECOM_FORM_A="TEXT").robot_forms == {"A": RobotForm.TEXT}
    with pytest.raises(SettingsError, match="GKBOT_WECOM_ROBOT_B"):
        settings_from(**robot, GKBOT_WECOM_FORM_B="text")


def test_a_name_is_one_channel_only():
    with pytest.raises(SettingsError, match="同名") as wrong:
        settings_from(GKBOT_WECOM_ROBOT_A=ROBOT, GKBOT_APPRISE_A="dingtalk://MARKED-SECRET")
    assert "MARKED-SECRET" not in str(wrong.value)


@pytest.mark.parametrize(
    ("name", "value"),
    [
        ("GKBOT_APPRISE_A", "MARKED-SECRET"),
        ("GKBOT_WATCHDOG", "ftp://MARKED-SECRET"),
        ("GKBOT_BRAKE_FACTOR", "nan"),
        ("GKBOT_BRAKE_LEAST", "-1"),
        ("GKBOT_SIGN_OF_LIFE", "vielleicht"),
        ("GKBOT_WECOM_MENTIONS", "all"),
        ("GKBOT_WECOM_CA_FILE", "nowhere.pem"),
    ],
)
def test_a_wrong_delivery_setting_is_named(name: str, value: str):
    with pytest.raises(SettingsError, match=name) as wrong:
        settings_from(**{name: value})
    assert "MARKED-SECRET" not in str(wrong.value)


def test_the_watchdog_is_an_address_or_a_file():
    assert settings_from(GKBOT_WATCHDOG="var/alive").watchdog == Secret("var/alive")
    assert "MARKED" not in repr(settings_from(GKBOT_WATCHDOG="https://watch.example/MARKED"))
