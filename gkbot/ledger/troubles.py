"""A database's own complaints, said so that an operator knows what to do."""

import sqlite3

from gkbot.errors import LedgerBusy, LedgerConflict, LedgerError

_SQLITE_CAUSES = {
    "SQLITE_FULL": ("磁盘已满", "请清理磁盘；腾出空间后自动恢复，未送出的通知不会丢失"),
    "SQLITE_READONLY": ("文件或所在文件夹只读", "请检查属主和权限（gkbot 的用户要能写）"),
    "SQLITE_CORRUPT": ("文件已损坏", "请停止服务，从备份恢复；可先用 sqlite3 的 .recover 抢救"),
    "SQLITE_NOTADB": ("这个文件不是 SQLite 数据库", "请检查 GKBOT_DATABASE_URL 是否指对了文件"),
    "SQLITE_CANTOPEN": ("打不开文件", "请检查路径、属主和权限"),
    "SQLITE_IOERR": ("读写磁盘出错", "请检查磁盘；数据库只能放在本机磁盘上，不能放在网络盘"),
    "SQLITE_PERM": ("没有权限", "请检查属主和权限"),
}
_SQLSTATE_CAUSES = {
    "53100": ("数据库服务器磁盘已满", "请清理磁盘"),
    "28P01": ("用户名或密码不对", "请检查 GKBOT_DATABASE_URL"),
    "28000": ("数据库服务器不许登录", "请检查 pg_hba.conf 和用户名"),
    "3D000": ("数据库不存在", "请先建库：createdb gkbot"),
    "42501": ("数据库用户没有权限", "请给该用户建表和读写的权限"),
    "25006": ("数据库服务器只读（可能是备机）", "请连接主库"),
    "53300": ("数据库服务器的连接数用完了", "请调大 max_connections，或者关掉别的程序"),
    "57014": ("一步操作60秒没有做完，已中止", "请检查数据库服务器的负荷，有没有别的程序长时间锁着表"),
    "57P01": ("数据库服务器正在停止或重启", "服务会自己重新连接；反复出现的，检查服务器"),
    "57P02": ("数据库服务器崩溃后正在重启", "服务会自己重新连接；检查服务器的日志"),
    "57P03": ("数据库服务器还在启动", "稍后再试；服务会自己重新连接"),
    "25P03": ("一个事务闲置太久，被服务器中止", "服务会自己重做；反复出现的，检查机器的负荷"),
}
_NO_LOCK = "55P03"
_CONFLICTS = {"40001", "40P01"}
"""Serialization failure and deadlock: rolled back whole, to be done again (PostgreSQL manual, 13.5 and appendix A)."""
_NOT_UTF8 = "Could not decode to UTF-8"  # pysqlite's words; the rest of its text shows what the row holds


def said_in_words(name: str, cause: BaseException | None) -> LedgerError:
    """The error for users; the database's own text is kept only where it can hold no secret.

    Args:
        name: The database, without password.
        cause: What the driver raised.
    """
    if isinstance(cause, sqlite3.Error):
        return _of_sqlite(name, cause)
    state = getattr(cause, "sqlstate", None)
    if state in _SQLSTATE_CAUSES:
        what, cure = _SQLSTATE_CAUSES[state]
        return LedgerError(f"数据库 {name}：{what}。{cure}。")
    if state in _CONFLICTS or state == _NO_LOCK:
        kind = LedgerBusy if state == _NO_LOCK else LedgerConflict
        return kind(f"数据库 {name} 正被占用，请稍后再试。")
    if state is None and type(cause).__name__ == "OperationalError":
        return LedgerError(f"数据库 {name} 连不上。请检查服务器是否在运行、地址和网络是否正确。")
    return LedgerError(f"数据库 {name} 出错（{type(cause).__name__} {state or ''}）。".replace(" ）", "）"))


def _of_sqlite(name: str, cause: sqlite3.Error) -> LedgerError:
    code = getattr(cause, "sqlite_errorname", None) or ""
    if code.startswith(("SQLITE_BUSY", "SQLITE_LOCKED")):
        return LedgerBusy(f"数据库 {name} 正被另一个程序占用，请稍后再试。")
    if str(cause).startswith(_NOT_UTF8):
        code = "SQLITE_CORRUPT"
    for prefix, (what, cure) in _SQLITE_CAUSES.items():
        if code.startswith(prefix):
            return LedgerError(f"数据库 {name}：{what}。{cure}。")
    return LedgerError(f"数据库 {name} 出错：{cause}（{code or type(cause).__name__}）。")
