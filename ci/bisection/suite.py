"""run-scenario in the kernel that was built, and what it answers."""

import dataclasses
import json
import pathlib
import shlex
import subprocess
import time
from typing import Any, Callable, Optional, Sequence

import children
from bisection.exit_code import (
    BAD, BROKEN, CANNOT_JUDGE, GOOD, INTERRUPTED, USAGE, Stop, wrong_usage,
)

FAILURES = ("fail", "xpass")
EXPECTATIONS = ("--expectations", "--no-expectations")
ROUND = ("pass", "fail", "xfail", "xpass", "skip", "trouble")


@dataclasses.dataclass(frozen=True)
class Run:
    code: int  # GOOD, BAD or CANNOT_JUDGE
    cases: list[dict[str, Any]]  # run-scenario's lines of JSON
    seconds: float
    complaint: str  # what it said beside them

    def failures(self) -> list[dict[str, Any]]:
        return [case for case in self.cases if case["result"] in FAILURES]

    def counts(self) -> str:
        numbers = {word: sum(case["result"] == word for case in self.cases) for word in ROUND}
        told = ", ".join(f"{number} {word}" for word, number in numbers.items() if number)
        return told or "nothing was judged"

    def why_not_judged(self) -> str:
        troubled = [case for case in self.cases if case["result"] == "trouble"]
        for case in troubled or self.cases:
            return f"{case['case']}: {case['reason']}"
        return self.complaint


@dataclasses.dataclass(frozen=True)
class Suite:
    build: pathlib.Path
    cases: Sequence[str]
    options: Sequence[str]

    def program(self) -> pathlib.Path:
        return self.build / "run-scenario"

    def check(self) -> None:
        """Wrong names and options stop a bisect before it has built anything."""
        if not self.program().is_file():
            raise wrong_usage(f"no {self.program()}; build it: ci/build dev, or --build DIR")
        if any(word.split("=")[0] == "--walk" for word in self.options):
            return  # has no names to list
        # In front: behind an option that lacks its value it would be the value.
        command = [self.program(), "--list", *self.cases, *self.options]
        listed = subprocess.run(
            [str(word) for word in command],
            stdin=subprocess.DEVNULL, capture_output=True, text=True, errors="replace",
        )
        if listed.returncode != GOOD:
            raise wrong_usage(f"run-scenario refuses this: {listed.stderr.strip()}")

    def judgement(self) -> list[str]:
        """A release says nothing of a commit inside a range, so nothing is expected of one."""
        given = [word.split("=")[0] for word in self.options]
        return [] if any(word in EXPECTATIONS for word in given) else ["--no-expectations"]

    def run(self, image: pathlib.Path, folder: pathlib.Path, status: Callable[[str], None]) -> Run:
        command = [self.program(), *self.cases, *self.options, *self.judgement()]
        return run([*command, "--kernel", image], folder, status)

    def again(
        self, case: dict[str, Any], folder: pathlib.Path, status: Callable[[str], None]
    ) -> Run:
        """A case by itself, as its own line says that it is repeated."""
        return run([*repeat_of(case), *not_in_rerun(self.options)], folder, status)


def not_in_rerun(options: Sequence[str]) -> list[str]:
    """What a case's own line does not repeat: how often it ran, and by which file it is judged."""
    kept: list[str] = []
    for i, word in enumerate(options):
        name, equals, _ = word.partition("=")
        if name in ("--repeat", "--expectations"):
            kept += [word] if equals else options[i : i + 2]
    judged = any(word.startswith("--expectations") for word in kept)
    return kept if judged else [*kept, "--no-expectations"]


def repeat_of(case: dict[str, Any], image: Optional[pathlib.Path] = None) -> list[str]:
    """The words that repeat a case, in the kernel that it ran in or in another one."""
    words = shlex.split(case["rerun"])
    if image is not None and "--kernel" in words:
        words[words.index("--kernel") + 1] = str(image)
    return words


def run(command: list[Any], folder: pathlib.Path, status: Callable[[str], None]) -> Run:
    folder.mkdir(parents=True, exist_ok=True)
    out, err = folder / "cases.json", folder / "complaints.txt"
    begin = time.monotonic()
    with out.open("wb") as answers, err.open("wb") as complaints:
        tick = lambda: status("running: " + progress(out))
        code = children.watch(
            with_environment([*command, "--format", "json"]), tick,
            stdout=answers, stderr=complaints, cwd=folder,
        )
    complaint = err.read_text(errors="replace")
    if not complaint:
        err.unlink()
    return judged(code, cases_of(out), time.monotonic() - begin, complaint)


def with_environment(command: list[Any]) -> list[Any]:
    """A line that repeats a case may begin as a shell has it: SOCKCR_SCENARIOS=... run-scenario."""
    return ["env", *command] if "=" in str(command[0]) else command


def judged(code: int, cases: list[dict[str, Any]], seconds: float, complaint: str) -> Run:
    complaint = complaint.strip()
    if code == INTERRUPTED:
        raise children.Interrupted(code)
    if code == USAGE:
        raise wrong_usage(f"run-scenario refuses this: {complaint}")
    answer = Run(code, cases, seconds, complaint)
    if code not in (GOOD, BAD, CANNOT_JUDGE) or (code == BAD) != bool(answer.failures()):
        raise Stop(BROKEN, f"run-scenario ended with {code} ({answer.counts()}) {complaint}")
    return answer


def cases_of(path: pathlib.Path) -> list[dict[str, Any]]:
    lines = path.read_text(errors="replace").split("\n")
    found = [json.loads(line) for line in lines if line.endswith("}")]
    return [line for line in found if "case" in line]


def progress(path: pathlib.Path) -> str:
    try:
        number = path.read_bytes().count(b"\n")
    except OSError:
        number = 0
    return f"{number} cases" if number else "booting"
