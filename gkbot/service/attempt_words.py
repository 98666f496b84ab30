"""What became of one attempt, in words; a provider's own code stays as it is, to be looked up with the provider."""

from gkbot.ledger import Outcome

OUTCOME_WORDS = {
    Outcome.OK: "已收下",
    Outcome.RETRY: "没有收，稍后再试",
    Outcome.DEAD: "拒收",
    Outcome.UNCLEAR: "结果不明",
    None: "没有结果",
}
PHASE_WORDS = {
    "begun": "开始",
    "connect": "连接",
    "ehlo": "打招呼",
    "starttls": "加密",
    "login": "登录",
    "mail": "发件人",
    "rcpt": "收件人",
    "data": "请求交正文",
    "body": "交正文",
    "before-dot": "正文结束以前",
    "dot": "正文结束以后",
    "sent": "请求已发出",
    "answered": "对方已答复",
    "writing": "写文件",
    "written": "已写成文件",
    "unknown": "不明",
}
_OWN_CODES = {
    "written": "已写成文件",
    "present": "文件已经在了",
    "crashed": "发送中断",
    "deadline": "没有及时答完",
    "bounced": "此前退信，地址已停用",
    "bad-address": "地址写法不对",
    "no-such-robot": "没有设置这个机器人",
    "no-errcode": "回答的不是机器人",
    "too-long": "太长",
    "lease-lost": "别的实例已经接手",
    "look-again": "发出前情况有变，重新核对",
    "ledger": "数据库写不了",
    "apprise-no": "Apprise 说不成",
    "TimeoutError": "对方没有答复",
    "timeout": "对方没有答复",
    "ConnectionRefusedError": "对方拒绝连接",
    "ConnectionResetError": "连接被断开",
    "SMTPServerDisconnected": "连接被断开",
    "gaierror": "没有这个主机名",
    "SSLError": "加密没有谈成",
    "PermissionError": "没有权限",
}
_PLAIN = frozenset({"written", "present"})


def phase_word(phase: str) -> str:
    """How far the attempt came."""
    return PHASE_WORDS.get(phase, phase)


def code_words(code: str) -> str:
    """A code of ours in words, with the code as the manual lists it; a provider's as it stands."""
    words = _OWN_CODES.get(code)
    if words is None:
        return code
    return words if code in _PLAIN else f"{words}（{code}）"
