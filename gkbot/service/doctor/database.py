"""The database: reachable, of this program's version, writable, safe against a crash."""

from pathlib import Path

from gkbot.errors import LedgerError
from gkbot.ledger import ledger_exists
from gkbot.ledger.condition import DatabaseCondition, database_condition
from gkbot.service.doctor.folders import megabytes, trial_write
from gkbot.service.doctor.values import Finding, Patient, Report

REPORT = Report("database", "数据库")


def probe_database(patient: Patient) -> Finding:
    """Look at the database without bringing it up to date; one that is not there yet is not made."""
    url = patient.settings.database_url
    if not ledger_exists(url):
        return _not_there_yet(Path(url.partition(":///")[2].partition("?")[0]))
    try:
        return _judged(database_condition(url, clock=patient.clock))
    except LedgerError as error:
        return REPORT.bad(*_cause_and_cure(str(error)))


def is_current(patient: Patient) -> bool:
    """Whether there is a ledger that can be opened without changing its schema."""
    return ledger_exists(patient.settings.database_url) and not why_unreadable(patient)


def why_unreadable(patient: Patient) -> str:
    """Why a ledger cannot be read without changing its schema, with the cure; empty where it can be."""
    try:
        found = database_condition(patient.settings.database_url, clock=patient.clock, writes=False)
    except LedgerError as error:
        return str(error)
    if found.version == found.wanted:
        return ""
    judged = _judged(found)
    return f"{judged.message}。{judged.fix or '启动后台服务，或执行一次 gkbot daily'}。"


def _not_there_yet(path: Path) -> Finding:
    trouble = trial_write(path.parent)
    if trouble is not None:
        return REPORT.bad(f"还没有建立，而 {path.parent} 写不进去（{trouble}）", "检查文件夹的属主和权限")
    return REPORT.good(f"还没有建立，第一次检查时建立 {path}")


def _judged(found: DatabaseCondition) -> Finding:
    told = f"{found.name}，可以读写，{megabytes(found.size_bytes)}"
    if found.version is None:
        return REPORT.good(f"{told}；还没有表，第一次检查时建立")
    if found.version > found.wanted:
        message = f"{found.name} 的版本（{found.version}）比本程序（{found.wanted}）新"
        return REPORT.bad(message, "升级 gkbot，或者从升级前的备份恢复数据库")
    if found.version < found.wanted:
        fix = f"下一次启动时自动更新到 {found.wanted}（也可以先执行 gkbot db migrate）"
        return REPORT.caution(f"{told}；版本 {found.version} 旧了", fix)
    if found.journal_mode not in {None, "wal"}:
        fix = "数据库要放在本机磁盘上，不能放在网络盘"
        return REPORT.caution(f"{told}；日志方式是 {found.journal_mode}，不是 WAL", fix)
    if found.remote is not None:
        fix = "换到本机磁盘上；要几台机器共用，用 PostgreSQL（gkbot db copy）"
        return REPORT.caution(f"{told}；在网络盘上（{found.remote}），SQLite 的锁和写入都靠不住", fix)
    if found.synchronous_commit == "off":
        fix = "在数据库服务器上执行 ALTER DATABASE … SET synchronous_commit = on"
        return REPORT.caution(f"{told}；synchronous_commit 是 off，断电会忘掉已送出的记录，再发一次", fix)
    return REPORT.good(f"{told}，版本 {found.version}{'，WAL' if found.journal_mode else ''}")


def _cause_and_cure(text: str) -> tuple[str, str]:
    """A ledger's error has its cure in the last sentence."""
    cause, _, cure = text.rstrip("。").rpartition("。")
    return (cause, cure) if cause else (text, "检查 GKBOT_DATABASE_URL")
