"""What runs have left in folders: JSON lines, one file for a kernel, an engine and a shard.

First line  {"matrix": {...}}    what was asked, where and when (see combination.py)
then        run-scenario's own lines, one for each case, and its {"summary": {...}}
or at last  {"trouble": {"exit": 125, "reason": "..."}} where the run could not judge as a whole.
A file without either of them was cut off.
"""

import json
import pathlib
import re
import shlex
from collections import Counter
from collections.abc import Iterable, Iterator
from dataclasses import dataclass, field
from typing import Any

import release
from bisection.evidence import left_by

RESULTS = ("fail", "xpass", "trouble", "xfail", "skip", "pass")  # the worst first
Key = tuple[str, str]  # case, cut


def without_numbers(text: str) -> str:
    """Packets, sequence numbers and times differ where all else is the same."""
    return re.sub(r"\d+", "0", text)


@dataclass(frozen=True)
class Case:
    name: str
    cut: str
    result: str
    reason: str
    rerun: str
    kernel: str  # the judging kernel's release
    left: str = ""  # the folder of its evidence

    @property
    def key(self) -> Key:
        return (self.name, self.cut)

    @property
    def scenario(self) -> str:
        return self.name.partition(".")[0]

    @property
    def variant(self) -> str:
        return self.name.partition(".")[2]


@dataclass
class Run:
    """One file."""

    file: pathlib.Path
    header: dict[str, Any] = field(default_factory=dict)
    cases: list[Case] = field(default_factory=list)
    summary: dict[str, Any] | None = None
    trouble: str = ""  # the run as a whole could not judge: why
    cut_off: str = ""  # where the file ends too early

    @property
    def is_complete(self) -> bool:
        return self.summary is not None and not self.trouble and not self.cut_off

    @property
    def shard(self) -> tuple[int, int]:
        part, _, of = str(self.header.get("shard", "1/1")).partition("/")
        return int(part), int(of)

    @property
    def kernel(self) -> str:
        return str(self.header.get("kernel", ""))

    @property
    def engine(self) -> str:
        return str(self.header.get("engine", ""))

    @property
    def release(self) -> str:
        told = Counter(case.kernel for case in self.cases if case.kernel)
        return told.most_common(1)[0][0] if told else str(self.header.get("release", ""))

    @property
    def begun(self) -> str:
        return str(self.header.get("begun", ""))


def _case(raw: dict[str, Any], run: Run) -> Case:
    if raw["result"] not in RESULTS:
        raise ValueError(f"no such result: {raw['result']}")
    has_failed = raw["result"] in ("fail", "xfail")
    left = left_by(raw, run.file.with_suffix(".left")) if has_failed else None
    return Case(str(raw["case"]), str(raw["cut"]), raw["result"], str(raw.get("reason") or ""),
                _with_kernel(str(raw.get("rerun") or ""), run), str(raw.get("kernel") or ""),
                str(left or ""))


def _with_kernel(rerun: str, run: Run) -> str:
    """Of a damaged scenario, which never came to a case, run-scenario's line lacks the guest."""
    image = str(run.header.get("kernel_argument", ""))
    lacks_it = image and rerun and "--kernel" not in rerun
    return f"{rerun} --kernel {shlex.quote(image)}" if lacks_it else rerun


def _take(raw: dict[str, Any], run: Run) -> None:
    if "matrix" in raw:
        run.header = raw["matrix"]
    elif "summary" in raw:
        run.summary = raw["summary"]
    elif "trouble" in raw:
        run.trouble = str(raw["trouble"].get("reason") or f"exit {raw['trouble'].get('exit')}")
    else:
        run.cases.append(_case(raw, run))


def _judge_its_end(run: Run, line: int) -> None:
    if run.cut_off or run.trouble:
        return
    if run.summary is None:
        run.cut_off = f"ends after line {line}, without a summary"
    elif run.summary.get("cases") != len(run.cases):
        run.cut_off = f"has {len(run.cases)} of the {run.summary.get('cases')} cases of its summary"


def read(file: pathlib.Path) -> Run:
    run, number = Run(file), 0
    with file.open(encoding="utf-8", errors="replace") as lines:
        for number, line in enumerate(lines, 1):
            try:
                _take(json.loads(line), run)
            except (ValueError, KeyError, TypeError, AttributeError) as error:
                run.cut_off = f"is damaged at line {number}: {error}"
                break
    _judge_its_end(run, number)
    return run


def find(folders: Iterable[pathlib.Path]) -> Iterator[Run]:
    """Of every *.jsonl below the folders that has the header; other files are not ours."""
    for folder in folders:
        for file in sorted(folder.rglob("*.jsonl")):
            run = read(file)
            if run.header:
                yield run


@dataclass
class Column:
    """One kernel with one engine: the union of its shards."""

    kernel: str  # as it was asked for, or its name
    release: str
    engine: str
    runs: list[Run]
    notes: list[str] = field(default_factory=list)
    cases: dict[Key, list[Case]] = field(default_factory=dict)
    is_part: bool = False  # nobody asks for the other shards

    @property
    def order(self) -> release.Release:
        return release.parse(self.release) or release.guess(self.kernel) or release.UNKNOWN

    @property
    def shards(self) -> int:
        return self.runs[0].shard[1]

    @property
    def missing(self) -> list[int]:
        there = {run.shard[0] for run in self.runs}
        return [] if self.is_part else [i for i in range(1, self.shards + 1) if i not in there]

    @property
    def problems(self) -> list[str]:
        """Why this column does not hold all that it should."""
        found = [f"shard {i}/{self.shards} is missing" for i in self.missing]
        for run in self.runs:
            shard = f"shard {run.header['shard']}: " if self.shards > 1 else ""
            if run.trouble:
                found.append(f"{shard}{run.trouble}")
            elif run.cut_off:
                found.append(f"{shard}{run.file.name} {run.cut_off}")
        if not found and not set(self.tally()) - {"skip"}:
            found.append("nothing was judged")
        return found

    @property
    def is_empty(self) -> bool:
        return not self.cases

    def result(self, key: Key) -> str:
        """The worst, where a case ran several times; "" where it did not."""
        return min((each.result for each in self.cases.get(key, [])), key=RESULTS.index, default="")

    def worst(self, key: Key) -> Case:
        return min(self.cases[key], key=lambda each: RESULTS.index(each.result))

    def tally(self) -> Counter[str]:
        return Counter(each.result for cases in self.cases.values() for each in cases)
