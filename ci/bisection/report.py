"""The report of a bisect: something to attach to a mail, beside the packets."""

import dataclasses
import pathlib
import shlex
from typing import Any, Optional, Sequence

from bisection.evidence import expected_and_actual, text_of
from bisection.suite import repeat_of, not_in_rerun
from bisection.tree import Commit

MOST_OTHERS = 5


@dataclasses.dataclass(frozen=True)
class Found:
    tree: pathlib.Path
    arch: str
    options: Sequence[str]
    commit: Optional[Commit]  # none: one of several
    possible: Sequence[Commit]
    failed: Commit  # the one that the evidence is from
    facts: dict[str, Any]  # its step.json
    folder: pathlib.Path  # and where that lies
    steps: str
    seconds: float
    log: str

    def directory(self) -> Optional[pathlib.Path]:
        left = self.facts["directory"]
        return self.folder / left if left else None


def report_of(found: Found) -> str:
    case = found.facts["failure"]
    transcript = text_of(found.directory())
    parts = [
        headline(found),
        case_text(case, transcript, found),
        repeat_text(found),
        "the steps:\n" + found.steps.rstrip("\n"),
        "git bisect log:\n" + found.log.rstrip("\n"),
        transcript,
    ]
    return "\n\n".join(part for part in parts if part) + "\n"


def headline(found: Found) -> str:
    if found.commit is not None:
        one = found.commit
        return (
            f"first bad commit: {one.hash}\n"
            f"  {one.subject}\n  {one.author}\n  {one.date}\n"
            f"{count_of(found.steps)} in {found.seconds:.0f} s"
        )
    lines = "".join(f"\n  {one.name()}" for one in found.possible)
    return (
        f"the first bad commit is one of {len(found.possible)}, and all but the bad one among them"
        f" were skipped:{lines}\n"
        f"{count_of(found.steps)} in {found.seconds:.0f} s"
    )


def count_of(steps: str) -> str:
    number = sum(line[:1] not in ("", " ") for line in steps.split("\n"))
    return f"{number} step{'' if number == 1 else 's'}"


def case_text(case: dict[str, Any], transcript: str, found: Found) -> str:
    expected, actual = expected_and_actual(case["reason"], transcript)
    lines = [
        f"case:     {case['case']}, cut {case['cut']}, engine {case['engine']}",
        f"kernel:   {case['kernel']}, {found.arch}, at {found.failed.hash[:12]}",
        f"reason:   {case['reason']}",
        f"expected: {expected}",
        f"actual:   {actual}",
    ]
    others = [name for name in found.facts["failing"] if name != case["case"]]
    if others:
        lines.append(f"with it:  {others_text(others)}, of {found.facts['cases']} cases")
    directory = found.directory()
    if directory is not None and (directory / "capture.pcapng").is_file():
        lines.append("packets:  capture.pcapng, seen at the peer; tcpdump and wireshark read it")
    return "\n".join(lines)


def others_text(names: Sequence[str]) -> str:
    more = len(names) - MOST_OTHERS
    shown_names = ", ".join(names[:MOST_OTHERS])
    return f"{shown_names} and {more} more" if more > 0 else shown_names


def repeat_text(found: Found) -> str:
    return f"here:     {here(found)}\nanywhere: {anywhere(found)}"


def here(found: Found) -> str:
    """In the kernel that was kept, without building anything."""
    words = repeat_of(found.facts["failure"], found.folder / found.facts["image"])
    return shlex.join([*words, *not_in_rerun(found.options)])


def anywhere(found: Found) -> str:
    """For somebody else: `linux` is his kernel tree, and he stands in this project's."""
    case = found.facts["failure"]["case"]
    words = ["ci/bisect-step", "--tree", "linux"]
    words += ["--arch", found.arch] if found.arch != "um" else []
    words += [] if case.startswith("walk.") else [case]
    options = chosen_options(found.options)
    words += ["--", *options] if options else []
    return f"git -C linux checkout {found.failed.hash[:12]} && {shlex.join(words)}"


def chosen_options(options: Sequence[str]) -> list[str]:
    """Without --all, as a name stands there."""
    return [word for word in options if word not in ("--all", "--exhaustive")]
