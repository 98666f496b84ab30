"""The whole examination: every probe in turn, each within its time, none able to end the others."""

import threading
from collections.abc import Callable, Iterable, Iterator, Mapping
from dataclasses import dataclass
from pathlib import Path

from gkbot.clock import SystemClock
from gkbot.errors import GkbotError, SettingsError
from gkbot.os_words import in_words
from gkbot.service.doctor import clock, database, folders, mail, robots, rules, settings, web, work
from gkbot.service.doctor.values import Finding, Patient, Report
from gkbot.settings import load_settings


@dataclass(frozen=True, slots=True)
class Probe:
    """A probe, its name for when it fails, and the most time it may take."""

    report: Report
    look: Callable[[Patient], Finding | Iterable[Finding]]
    seconds: float


PROBES = (
    Probe(rules.RULES, rules.probe_rules, 60.0),
    Probe(rules.TEMPLATES, rules.probe_templates, 20.0),
    Probe(database.REPORT, database.probe_database, 20.0),
    Probe(clock.REPORT, clock.probe_clock, 20.0),
    Probe(mail.REPORT, mail.probe_mail, 40.0),
    Probe(robots.REPORT, robots.probe_robots, 60.0),
    Probe(folders.OUTBOX, folders.probe_outbox_folder, 10.0),
    Probe(folders.DISK, folders.probe_disk, 10.0),
    Probe(web.REPORT, web.probe_web, 15.0),
    Probe(work.CHECK, work.probe_work, 60.0),
)


def examine(
    environ: Mapping[str, str], dotenv: Path, *, sends: bool, probes: Iterable[Probe] = PROBES
) -> Iterator[Finding]:
    """Every finding, as soon as it is there; with unusable settings only that one."""
    report = settings.REPORT
    try:
        found = load_settings(environ, dotenv=dotenv)
        yield settings.probe_settings(environ, dotenv)
    except SettingsError as error:
        yield report.bad(str(error).rstrip("。"), "改好以后再执行一次 gkbot doctor，才看得到其他各项")
        return
    except OSError as error:
        yield report.bad(f"读不到 {dotenv}（{in_words(error)}）", "检查 .env 的属主和权限")
        return
    patient = Patient(settings=found, clock=SystemClock(found.zone), sends=sends)
    for probe in probes:
        yield from within_time(probe, patient)


def within_time(probe: Probe, patient: Patient) -> tuple[Finding, ...]:
    """A probe's findings; a probe that hangs or breaks is a finding, too."""
    found: list[Finding] = []
    thread = threading.Thread(target=_run, args=(probe, patient, found), daemon=True)
    thread.start()
    thread.join(probe.seconds)
    if thread.is_alive():
        late = probe.report.bad(f"{probe.seconds:.0f} 秒内没有结果", "检查网络、网络盘和机器的负荷")
        return (*found, late)
    return tuple(found)


def _run(probe: Probe, patient: Patient, found: list[Finding]) -> None:
    try:
        answer = probe.look(patient)
        found.extend([answer] if isinstance(answer, Finding) else answer)
    except GkbotError as error:
        found.append(probe.report.bad(str(error).rstrip("。"), "照上面的话处理"))
    except Exception as error:  # noqa: BLE001 - one broken probe must not hide the others; its text may hold a secret
        found.append(probe.report.bad(f"检查时出错（{type(error).__name__}）", "请把这一行报告给维护人员"))
