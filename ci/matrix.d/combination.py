"""One kernel with one engine and one shard: what run-scenario is asked, and where the answer goes."""

import datetime
import hashlib
import os
import pathlib
import platform
import re
import shutil
import subprocess
from dataclasses import dataclass
from typing import Any


@dataclass(frozen=True)
class Kernel:
    name: str  # what the page calls it, the file too
    argument: str  # of --kernel; "" is the running one

    @property
    def is_file(self) -> bool:
        return bool(self.argument) and not self.argument.startswith("debian:")


@dataclass(frozen=True)
class Request:
    """What is the same for all combinations."""

    program: pathlib.Path
    folder: pathlib.Path
    shard: str  # I/N
    cut: str
    names: tuple[str, ...]
    options: tuple[str, ...]  # for run-scenario as they stand


def kernel_of(text: str) -> Kernel:
    """host, debian:6.1, IMAGE or NAME=IMAGE."""
    name, equals, argument = text.partition("=")
    if not equals or "/" in name:
        name, argument = text, text
    if argument == "host":
        return Kernel(name, "")
    if argument.startswith("debian:"):
        return Kernel(name, argument)
    return Kernel(name, str(pathlib.Path(argument).absolute()))


def engine_of(text: str) -> str:
    """criu:PATH means the caller's folder, and run-scenario works in another."""
    kind, colon, path = text.partition(":")
    return f"criu:{pathlib.Path(path).absolute()}" if (kind, colon) == ("criu", ":") else text


def _engine_program(engine: str) -> str:
    """The criu that run-scenario takes, or "" for an engine that is part of the build."""
    kind, _, path = engine.partition(":")
    if kind != "criu":
        return ""
    where = os.pathsep.join([os.environ.get("PATH", ""), "/usr/sbin", "/sbin"])
    return path or shutil.which("criu", path=where) or ""


def _stamp(time: datetime.datetime) -> str:
    return time.strftime("%Y-%m-%dT%H:%M:%SZ")


def _digest(file: str) -> str:
    try:
        with open(file, "rb") as image:
            return hashlib.file_digest(image, "sha256").hexdigest()[:16]
    except OSError:
        return ""  # run-scenario will say what is wrong with it


def commit_of(root: pathlib.Path) -> str:
    command = ["git", "-C", str(root), "describe", "--always", "--dirty", "--abbrev=12"]
    try:
        return subprocess.run(command, capture_output=True, text=True, check=True).stdout.strip()
    except (OSError, subprocess.CalledProcessError):
        return ""


def built(program: pathlib.Path) -> str:
    """When what judges was built last; the commit would not tell while somebody edits."""
    chosen = os.environ.get("SOCKCR_SCENARIOS")
    scenarios = pathlib.Path(chosen) if chosen else program.parent / "scenarios"
    newest = max((file.stat().st_mtime for file in (program, *scenarios.glob("*"))))
    return _stamp(datetime.datetime.fromtimestamp(newest, datetime.timezone.utc))


def now() -> str:
    return _stamp(datetime.datetime.now(datetime.timezone.utc))


@dataclass(frozen=True)
class Combination:
    request: Request
    kernel: Kernel
    engine: str

    @property
    def _stem(self) -> str:
        """The running kernel's release too: the folder may be taken to the next one."""
        kernel = self.kernel.name if self.kernel.argument else f"{self.kernel.name}-{platform.release()}"
        shard = self.request.shard.replace("/", "-of-")
        words = (re.sub(r"[^A-Za-z0-9_.+-]+", "-", word).strip("-.")
                 for word in (kernel, self.engine, shard))
        return ".".join(words)

    @property
    def file(self) -> pathlib.Path:
        return self.request.folder / f"{self._stem}.jsonl"

    @property
    def left(self) -> pathlib.Path:
        return self.file.with_suffix(".left")

    def command(self) -> list[str]:
        request = self.request
        kernel = ["--kernel", self.kernel.argument] if self.kernel.argument else []
        return [str(request.program), *request.names, *kernel, "--engine", self.engine,
                "--cut", request.cut, "--shard", request.shard, "--format", "json", *request.options]

    def header(self, commit: str, expectations: str) -> dict[str, Any]:
        """What makes two runs comparable, and what a reader wants to know of them."""
        program = _engine_program(self.engine)
        return {
            "kernel": self.kernel.name,
            "kernel_argument": self.kernel.argument,
            "release": "" if self.kernel.argument else platform.release(),
            "image": _digest(self.kernel.argument) if self.kernel.is_file else "",
            "engine": self.engine,
            **({"engine_program": _digest(program)} if program else {}),
            "shard": self.request.shard,
            "cut": self.request.cut,
            "cases": " ".join(self.request.names),
            "options": " ".join(self.request.options),
            "commit": commit,
            "built": built(self.request.program),
            "expectations": expectations,
            "command": self.command(),
            "machine": f"{platform.system()} {platform.release()} {platform.machine()}",
            "begun": now(),
        }


def is_the_same(old: dict[str, Any], new: dict[str, Any]) -> bool:
    """Whether a run with header `new` would repeat that of `old`."""
    told_only = {"begun", "machine", "command", "commit"}
    return all(old.get(name) == new.get(name) for name in (old.keys() | new.keys()) - told_only)
