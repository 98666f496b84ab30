"""The audit in words."""

import pytest

from gkbot.service.trail_views import deed


@pytest.mark.parametrize(
    ("kept", "words"),
    [
        ("silence 1 unit=苍溪县", "静默 1 单位苍溪县"),
        ("postpone 2 document=甲/乙 task=GY-01", "推迟 2 文件甲/乙 任务GY-01"),
        ("ack 3 address=a@example.gov.cn", "知悉 3 地址a@example.gov.cn"),
        ("end silence 1", "结束 静默 1"),
        ("clear bounce 5", "清除 退信 5"),
        ("release brake-burst 12", "放行 数量异常 12"),
        ("resend 7K2M9QXA", "重发 7K2M9QXA"),
        ("enable wecom:COUNTIES", "启用渠道 群机器人 COUNTIES"),
        ("bounce 7K2M9QXA 5.1.1", "登记退信 7K2M9QXA 5.1.1"),
        ("clear leave 5", "清除 不再接收的申请 5"),
        ("wish to leave", "申请不再接收汇总提醒"),
    ],
)
def test_the_audit_is_shown_in_chinese(kept: str, words: str) -> None:
    assert deed(kept) == words
