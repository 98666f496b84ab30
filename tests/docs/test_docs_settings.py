"""config.example.env and 运维手册 name exactly the settings there are, with the defaults they have."""

import re

import pytest
from manuals import OPERATOR, ROOT, codes, documents, rows

from gkbot.settings import APPRISE_PREFIX, FORM_PREFIX, NAMES, PREFIXES, ROBOT_PREFIX, Settings, load_settings

EXAMPLE = (ROOT / "config.example.env").read_text(encoding="utf-8")
EXAMPLE_LINE = re.compile(r"^#?(GKBOT_[A-Z_]+)=(.*)$", re.MULTILINE)
NAMED_IN_EXAMPLE = {
    ROBOT_PREFIX + "COUNTIES": ROBOT_PREFIX + "名称",
    FORM_PREFIX + "COUNTIES": FORM_PREFIX + "名称",
    APPRISE_PREFIX + "OFFICE": APPRISE_PREFIX + "名称",
}
MAIL_ONLY = ("GKBOT_SMTP_", "GKBOT_MAIL_")
MAIL = {"GKBOT_SMTP_HOST": "smtp.example.gov.cn", "GKBOT_MAIL_FROM": "gk@example.gov.cn"}
ATTRIBUTES = {
    "GKBOT_SMTP_HOST": "smtp",
    ROBOT_PREFIX + "名称": "robots",
    APPRISE_PREFIX + "名称": "apprise",
    "GKBOT_WECOM_CA_FILE": "robot_ca_file",
    "GKBOT_WATCHDOG": "watchdog",
    "GKBOT_PUBLIC_URL": "public_url",
    "GKBOT_SECRET_KEY": "secret_key",
}
NO_DEFAULT = {
    *ATTRIBUTES,
    "GKBOT_SMTP_USER",
    "GKBOT_SMTP_PASSWORD",
    "GKBOT_MAIL_FROM",
    "GKBOT_SMTP_CA_FILE",
    "GKBOT_SMTP_HELO",
}


def manual_rows() -> dict[str, str]:
    """Name → default, as the table of 运维手册 has them."""
    table = rows(OPERATOR.read_text(encoding="utf-8"), "名称", "默认", "意思")
    return {codes(name)[0]: default for name, default, _ in table}


def with_value(name: str, value: str) -> Settings:
    """The settings with one value set, and a mail server where only that makes the value count."""
    base = MAIL if name.startswith(MAIL_ONLY) else {}
    return load_settings({**base, name: value}, dotenv=None)


def without_value(name: str) -> Settings:
    """The settings that `with_value` gives when the value is the default."""
    return load_settings(MAIL if name.startswith(MAIL_ONLY) else {}, dotenv=None)


def test_the_example_file_names_every_setting_once() -> None:
    assert sorted(name for name, _ in EXAMPLE_LINE.findall(EXAMPLE)) == sorted([*NAMES, *NAMED_IN_EXAMPLE])


def test_the_manual_names_every_setting_in_the_same_order() -> None:
    order = [NAMED_IN_EXAMPLE.get(name, name) for name, _ in EXAMPLE_LINE.findall(EXAMPLE)]
    assert list(manual_rows()) == order


def test_the_example_file_changes_nothing_until_it_is_edited() -> None:
    active = [line for line in EXAMPLE.splitlines() if line.strip() and not line.startswith("#")]
    assert active == []


@pytest.mark.parametrize("name", sorted(set(NAMES) - NO_DEFAULT))
def test_example_and_manual_show_the_default_that_holds(name: str) -> None:
    shown = dict(EXAMPLE_LINE.findall(EXAMPLE))[name]
    assert with_value(name, shown) == without_value(name)
    assert codes(manual_rows()[name])[0] == shown


@pytest.mark.parametrize("name", sorted(NO_DEFAULT))
def test_settings_without_default_are_said_to_have_none(name: str) -> None:
    assert manual_rows()[name] in {"没有", "登录名"}
    if name in ATTRIBUTES:
        assert not getattr(load_settings({}, dotenv=None), ATTRIBUTES[name])


def test_the_sender_is_the_login_name_where_none_is_set() -> None:
    login = {"GKBOT_SMTP_HOST": "smtp.example.gov.cn", "GKBOT_SMTP_USER": "gk@example.gov.cn"}
    smtp = load_settings(login, dotenv=None).smtp
    assert smtp is not None
    assert smtp.mail_from == "gk@example.gov.cn"


@pytest.mark.parametrize("path", documents(), ids=lambda path: path.name)
def test_no_document_speaks_of_a_setting_that_is_not_there(path) -> None:
    text = path.read_text(encoding="utf-8")
    spoken_of = set(re.findall(r"GKBOT_[A-Z][A-Z_]*[A-Z]", text)) - set(NAMES)
    found = {name.removesuffix("_FILE") for name in spoken_of} - set(NAMES)
    assert {name for name in found if not f"{name}_".startswith(PREFIXES)} == set()
