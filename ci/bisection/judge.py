"""The rule: what a kernel that was built, or was not, is called."""

import dataclasses
import pathlib
from typing import Callable, Optional

from bisection.exit_code import BAD, CANNOT_JUDGE, GOOD
from bisection.kernel import Kernel
from bisection.suite import Run, Suite

WORDS = {GOOD: "good", BAD: "bad", CANNOT_JUDGE: "skip"}
MOST_REPEATED = 3  # failing cases: one that comes again is enough
MOST_RUNS = 3


@dataclasses.dataclass(frozen=True)
class Verdict:
    code: int
    reason: str
    run: Optional[Run] = None
    failure: Optional[dict] = None  # the case that is shown
    folder: Optional[pathlib.Path] = None  # where it has left run-scenario.out

    def word(self) -> str:
        return WORDS[self.code]


def judge(
    kernel: Kernel, suite: Suite, folder: pathlib.Path, status: Callable[[str], None]
) -> Verdict:
    if kernel.image is None:
        return Verdict(CANNOT_JUDGE, f"does not build: {kernel.complaint}")
    first = suite.run(kernel.image, folder, status)
    if first.code == GOOD:
        return Verdict(GOOD, "", first)
    if first.code == CANNOT_JUDGE:
        return Verdict(CANNOT_JUDGE, f"cannot be judged: {first.why_not_judged()}", first)
    return surprised(first, suite, folder, status)


def surprised(
    first: Run, suite: Suite, folder: pathlib.Path, status: Callable[[str], None]
) -> Verdict:
    """A failure that comes once in three runs is neither this commit's nor not."""
    failures = first.failures()
    once_more = lambda text: status(f"again, {text}")
    for number in range(2, MOST_RUNS + 1):
        for case in failures[:MOST_REPEATED]:
            again = suite.again(case, folder / f"run-{number}", once_more)
            if again.code == BAD:
                how = f"twice in {number} runs" if number > 2 else "again"
                return Verdict(BAD, f"{how}: {told(case)}", first, case, folder)
    return Verdict(
        CANNOT_JUDGE,
        f"failed once in {MOST_RUNS} runs: {told(failures[0])}", first, failures[0], folder,
    )


def told(case: dict) -> str:
    return f"{case['case']} cut {case['cut']}: {case['reason']}"
