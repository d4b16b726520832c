"""run-scenario in a kernel, and what it answers."""

from __future__ import annotations

import collections
import dataclasses
import json
import os
import pathlib
import subprocess
from collections.abc import Iterable, Iterator

from mutation.exit_code import BAD, GOOD, TROUBLE, Trouble
from mutation.patches import Case


@dataclasses.dataclass(frozen=True)
class Answer:
    case: Case
    result: str
    reason: str


class Suite:
    """What failing cases leave lies in `folder`."""

    def __init__(self, program: pathlib.Path, jobs: int | None) -> None:
        if not os.access(program, os.X_OK):
            raise Trouble(f"no {program}: ci/build dev, or set SOCKCR_BUILD")
        self.program = program
        self.options = ["--format", "json"] + (["-j", str(jobs)] if jobs else [])

    def answers(
        self, image: pathlib.Path, which: list[str], folder: pathlib.Path
    ) -> Iterator[Answer]:
        """As they come; closing the generator stops the run."""
        folder.mkdir(parents=True, exist_ok=True)
        log = folder / "run-scenario.log"
        with open(log, "w+") as said:
            process = subprocess.Popen(
                [str(self.program), *which, "--kernel", str(image), *self.options],
                stdin=subprocess.DEVNULL,
                stdout=subprocess.PIPE,
                stderr=said,
                text=True,
                cwd=folder,
            )
            answered = False
            try:
                for line in case_lines(process.stdout):
                    answered = True
                    yield answer_of(line)
                code = process.wait()
            finally:
                end(process)
        if code not in (GOOD, BAD, TROUBLE) or not answered:  # it does not boot, say
            raise Trouble(f"run-scenario exits {code}: {last_line(log)}")

    def of(self, image: pathlib.Path, cases: Iterable[Case], folder: pathlib.Path) -> list[Answer]:
        by_cut: dict[str, list[str]] = collections.defaultdict(list)
        for case in sorted(set(cases)):
            by_cut[case.cut].append(case.name)
        found: list[Answer] = []
        for cut, names in by_cut.items():
            found += self.answers(image, [*names, "--cut", cut], folder / cut)
        return found


def case_lines(stream: Iterable[str]) -> Iterator[dict]:
    for text in stream:
        try:
            line = json.loads(text)
        except ValueError:
            raise Trouble(f"run-scenario broke off in the middle of a line: {text[:80]}") from None
        if "case" in line:
            yield line


def answer_of(line: dict) -> Answer:
    return Answer(Case(line["cut"], line["case"]), line["result"], line["reason"])


def end(process: subprocess.Popen) -> None:
    if process.poll() is None:
        process.terminate()  # who was started behind a script ignores SIGINT
        try:
            process.wait(timeout=20)
        except subprocess.TimeoutExpired:
            process.kill()
            process.wait()
    process.stdout.close()


def last_line(log: pathlib.Path) -> str:
    lines = [line for line in log.read_text(errors="replace").splitlines() if line.strip()]
    return lines[-1] if lines else ""
