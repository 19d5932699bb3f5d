"""Wheels for a computer without network: our own, and all that it needs on that computer. Only pip talks to the network.

Comes in: a target and a folder. Goes out: wheel files in the folder, or the problem that prevents it.
"""

from __future__ import annotations

import base64
import hashlib
import os
import re
import subprocess
import sys
import sysconfig
import zipfile
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from email.parser import HeaderParser
from importlib import metadata
from pathlib import Path

from workbook_builder import resources
from workbook_builder.problems import Problem, Where, problem

NAME = "kaoping"
#: Of what is installed: what the wheel held, and what pip has added.
_OURS = re.compile(r"(workbook_builder|kaoping-[^/]+\.dist-info)/.+")
_BY_PIP = re.compile(r"\.pyc$|\.dist-info/(RECORD|INSTALLER|REQUESTED|direct_url\.json)$")
_EPOCH = (1980, 1, 1, 0, 0, 0)
#: Rounds of downloads until nothing new is asked for; the chain of our needs is about five long.
_ROUNDS = 12
#: Machines by the names that wheels use. 统信 UOS 20 and 麒麟 V10 have glibc 2.28.
KNOWN = {
    "win_amd64": "64 位 Windows",
    "linux_x86_64": "Linux（x86_64，如统信、麒麟）",
    "linux_aarch64": "Linux（ARM64，如鲲鹏、飞腾）",
}
_OLDEST_GLIBC, _NEWEST_GLIBC = 17, 28
_OFFLINE = re.compile(
    r"NewConnectionError|ConnectTimeout|NameResolutionError|Temporary failure in name resolution|getaddrinfo failed"
    r"|ProxyError|Network is unreachable|Connection refused|ReadTimeout|SSLError|connection broken by"
)
_NOT_THERE = re.compile(r"No matching distribution found for ([^\s(]+)")


@dataclass(frozen=True, slots=True)
class Target:
    """A kind of computer and the Python on it."""

    platform: str
    python: str

    @property
    def name(self) -> str:
        return KNOWN.get(self.platform, self.platform)

    @property
    def console(self) -> bool:
        """Whether there can be an Excel that xlwings drives."""
        return not self.platform.startswith("linux")

    @property
    def pip_options(self) -> list[str]:
        """Which wheels pip takes for this computer."""
        if self.platform.startswith("linux_"):
            arch = self.platform.removeprefix("linux_")
            tags = [f"manylinux_2_{n}_{arch}" for n in range(_NEWEST_GLIBC, _OLDEST_GLIBC - 1, -1)]
            tags.append(f"manylinux2014_{arch}")
        else:
            tags = [self.platform]
        options = ["--only-binary=:all:", "--implementation", "cp", "--python-version", self.python]
        return [*options, *(option for tag in tags for option in ("--platform", tag))]

    @property
    def environment(self) -> dict[str, str]:
        """What conditions of requirements are judged by. pip would judge them by this computer and this Python."""
        windows, linux = self.platform.startswith("win"), self.platform.startswith("linux")
        machine = re.sub(r"^(win|linux|macosx_\d+_\d+)_", "", self.platform)
        return {
            "os_name": "nt" if windows else "posix",
            "sys_platform": "win32" if windows else "linux" if linux else "darwin",
            "platform_system": "Windows" if windows else "Linux" if linux else "Darwin",
            "platform_machine": machine.upper() if windows else machine,
            "platform_release": "",
            "platform_version": "",
            "python_version": self.python,
            "python_full_version": f"{self.python}.0",
            "implementation_name": "cpython",
            "implementation_version": f"{self.python}.0",
            "platform_python_implementation": "CPython",
        }


def this_machine() -> str:
    return re.sub(r"[-.]", "_", sysconfig.get_platform())


def this_python() -> str:
    return "{}.{}".format(*sys.version_info[:2])


def has_pip() -> bool:
    try:
        import pip  # noqa: F401
    except ImportError:
        return False
    return True


# --- our own wheel --------------------------------------------------------------------------------------------------


def own_wheel(place: Path) -> Problem | None:
    """kaoping itself as a wheel in `place`: built from the source tree, or put together again from what is installed."""
    source = Path(resources.__file__).resolve().parent.parent
    if (source / "pyproject.toml").is_file():
        return _pip("wheel", "--no-deps", "--wheel-dir", str(place), str(source))
    installed = metadata.distribution(NAME)
    files = {
        path.as_posix(): Path(str(installed.locate_file(path))).read_bytes()
        for path in installed.files or ()
        if _OURS.fullmatch(path.as_posix()) and not _BY_PIP.search(path.as_posix())
    }
    record = f"{NAME}-{installed.version}.dist-info/RECORD"
    rows = [f"{name},sha256={_digest(data)},{len(data)}" for name, data in sorted(files.items())]
    files[record] = ("\n".join([*rows, f"{record},,"]) + "\n").encode("utf-8")
    with zipfile.ZipFile(place / f"{NAME}-{installed.version}-py3-none-any.whl", "w", zipfile.ZIP_DEFLATED) as wheel:
        for name, data in sorted(files.items()):
            info = zipfile.ZipInfo(name, _EPOCH)
            info.external_attr = 0o100644 << 16
            info.compress_type = zipfile.ZIP_DEFLATED
            wheel.writestr(info, data)
    return None


def _digest(data: bytes) -> str:
    return base64.urlsafe_b64encode(hashlib.sha256(data).digest()).decode("ascii").rstrip("=")


# --- what it needs --------------------------------------------------------------------------------------------------


@dataclass(frozen=True, slots=True)
class _Wheel:
    """A wheel file: name of its project, its version, what it requires."""

    path: Path
    project: str
    version: str
    requires: tuple[str, ...]


def fetch(target: Target, own: Path, place: Path) -> Problem | None:
    """Into the empty folder `place` every wheel that `own` needs on `target`, and pip to install them with."""
    have = {NAME: _opened(own)}
    start = {NAME: frozenset({"console"}) if target.console else frozenset(), "pip": frozenset()}
    for _ in range(_ROUNDS):
        needed = _needed(start, have, target)
        missing = {project: wanted for project, wanted in needed.items() if not _satisfied(have.get(project), wanted)}
        if not missing:
            return None
        for project in missing.keys() & have.keys():
            have[project].path.unlink()  # of another version than is now known to be needed
        wanted = [project + versions for project, versions in sorted(missing.items())]
        failed = _pip("download", "--no-deps", "--dest", str(place), *target.pip_options, *wanted, target=target)
        if failed is not None:
            return failed
        have |= {wheel.project: wheel for wheel in map(_opened, place.glob("*.whl"))}
    return problem("BUNDLE_PIP_FAILED", Where(), "requirements never settle")


def _needed(start: Mapping[str, frozenset[str]], have: Mapping[str, _Wheel], target: Target) -> dict[str, str]:
    """Project → versions asked for, by everything that is needed as far as its wheel is there."""
    # pip's own copy: it reads requirements exactly as the pip that will install them.
    from pip._vendor.packaging.requirements import Requirement
    from pip._vendor.packaging.utils import canonicalize_name

    specifiers: dict[str, set[str]] = {project: set() for project in start}
    waiting, done = [(project, extra) for project, extras in start.items() for extra in ("", *sorted(extras))], set()
    while waiting:
        project, extra = waiting.pop()
        if (project, extra) in done or project not in have:
            continue
        done.add((project, extra))
        for text in have[project].requires:
            wanted = Requirement(text)
            if wanted.marker is not None and not wanted.marker.evaluate({**target.environment, "extra": extra}):
                continue
            name = str(canonicalize_name(wanted.name))
            specifiers.setdefault(name, set()).update(map(str, wanted.specifier))
            waiting += [(name, more) for more in ("", *sorted(wanted.extras))]
    return {project: ",".join(sorted(wanted)) for project, wanted in specifiers.items()}


def _satisfied(wheel: _Wheel | None, wanted: str) -> bool:
    from pip._vendor.packaging.specifiers import SpecifierSet

    return wheel is not None and SpecifierSet(wanted).contains(wheel.version, prereleases=True)


def _opened(path: Path) -> _Wheel:
    from pip._vendor.packaging.utils import parse_wheel_filename

    project, version, _, _ = parse_wheel_filename(path.name)
    with zipfile.ZipFile(path) as wheel:
        name = next(n for n in wheel.namelist() if n.endswith(".dist-info/METADATA") and n.count("/") == 1)
        facts = HeaderParser().parsestr(wheel.read(name).decode("utf-8"))
    return _Wheel(path, str(project), str(version), tuple(facts.get_all("Requires-Dist") or ()))


# --- pip ------------------------------------------------------------------------------------------------------------


def _pip(command: str, *arguments: str, target: Target | None = None) -> Problem | None:
    """Run pip; the problem if it fails. Settings of the office (a mirror, a proxy) count."""
    done = subprocess.run(
        [sys.executable, "-m", "pip", command, *_quiet(), *arguments],
        env={**os.environ, "PYTHONUTF8": "1", "PIP_DISABLE_PIP_VERSION_CHECK": "1"},
        stdin=subprocess.DEVNULL,
        capture_output=True,
        check=False,
    )
    if done.returncode == 0:
        return None
    told = (done.stdout + done.stderr).decode("utf-8", "replace")
    absent = _NOT_THERE.search(told)
    if _OFFLINE.search(told):
        return problem("BUNDLE_NO_NETWORK", Where())
    if absent is not None and target is not None:
        return problem("BUNDLE_NO_WHEEL", Where(), absent[1], target=f"{target.name}、Python {target.python}")
    return problem("BUNDLE_PIP_FAILED", Where(), _last_line(told.splitlines()))


def _quiet() -> list[str]:
    return ["--no-input", "--retries", "1", "--timeout", "30"]


def _last_line(lines: Iterable[str]) -> str:
    errors = [line.strip() for line in lines if line.strip()]
    return next((line for line in reversed(errors) if line.startswith("ERROR")), errors[-1] if errors else "")
