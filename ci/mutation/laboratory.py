"""Builds one mutant after the other, and has the suite judge each."""

from __future__ import annotations

import argparse
import os
import pathlib
import shutil
import time
from collections.abc import Callable

from mutation.exit_code import Trouble, Unjudged
from mutation.patches import Case, Mutant
from mutation.suite import Answer, Suite
from mutation.tree import Tree, put, run_quietly
from mutation.verdict import Finding, verdict_of_named

ROOT = pathlib.Path(__file__).resolve().parents[2]
BUILD_KERNEL = ROOT / "ci/build-kernel"
WHOLE_CATALOGUE = ["--all", "--cut", "once,twice,elsewhere"]
MOST_AGAIN = 10  # cases in trouble: more than these are no accident


class Laboratory:
    def __init__(
        self, options: argparse.Namespace, mutants: list[Mutant], say: Callable[[str], None]
    ) -> None:
        self.options, self.say = options, say
        self.out = options.output.resolve()
        self.mutants = mutants
        self.suite = Suite(program_of_suite(), options.jobs)
        self.tree = Tree(options.tree, self.out)
        self.control = self.out / "control/linux"

    def build(self) -> pathlib.Path:
        jobs = ["-j", self.options.jobs] if self.options.jobs else []
        said = run_quietly(
            [BUILD_KERNEL, self.tree.path, "-o", self.out / "um", *jobs], "it does not build"
        )
        return pathlib.Path(said.splitlines()[-1])

    def check_control(self) -> tuple[int, float]:
        """The unmutated kernel passes every named case, or nothing can be said of the others."""
        self.tree.restore(self.mutants)
        begin = time.monotonic()
        put(self.build(), self.control)
        self.control.chmod(0o755)
        seconds = time.monotonic() - begin
        cases = {case for mutant in self.mutants for case in mutant.cases}
        answers = self.suite.of(self.control, cases, self.out / "left/control")
        wrong = [answer for answer in answers if answer.result != "pass"]
        if wrong:
            raise Trouble(
                f"the unmutated kernel does not pass {wrong[0].case}: {wrong[0].result}, "
                f"{wrong[0].reason}" + (f" (and {len(wrong) - 1} more)" if wrong[1:] else "")
            )
        return len(answers), seconds

    def judge(self, mutant: Mutant) -> Finding:
        begin = built = time.monotonic()
        try:
            self.tree.apply([mutant])
            image = self.build()
            built = time.monotonic()
            finding = self._find(mutant, image)
        except Trouble as trouble:
            finding = Finding(mutant.name, "trouble", reason=str(trouble))
        finally:
            self.tree.restore(self.mutants)
        finding.build_s = round(built - begin, 1)
        finding.answer_s = round(time.monotonic() - built, 1)
        return finding

    def judge_hidden(self, mutants: list[Mutant]) -> list[Finding]:
        """In one kernel, for the whole catalogue is long; alone where they do not go together."""
        if len(mutants) < 2 or self.options.named_only:
            return [self.judge(mutant) for mutant in mutants]
        try:
            failure = self._first_together(mutants)
        except Unjudged as trouble:  # one by one, an hour each, it would be the same
            return [Finding(m.name, "trouble", reason=str(trouble)) for m in mutants]
        except Trouble as trouble:
            self.say(f"one by one, for together: {trouble}")
            return [self.judge(mutant) for mutant in mutants]
        if failure is None:
            return [Finding(m.name, "unseen", reason=m.unobservable) for m in mutants]
        case = failure.case
        noticed = [m for m in mutants if self._fails(m, case)] or mutants  # or it takes several
        others = [m for m in mutants if m not in noticed]
        return [
            Finding(m.name, "noticed", case.name, case.cut, failure.reason) for m in noticed
        ] + self.judge_hidden(others)

    def _first_together(self, mutants: list[Mutant]) -> Answer | None:
        left = self.out / "left/together"
        shutil.rmtree(left, ignore_errors=True)
        try:
            self.tree.apply(mutants)
            return self._first_of_the_rest(self.build(), left)
        finally:
            self.tree.restore(self.mutants)

    def _fails(self, mutant: Mutant, case: Case) -> bool:
        try:
            self.tree.apply([mutant])
            answers = self.suite.of(self.build(), [case], self.out / "left" / mutant.name)
            return any(answer.result == "fail" for answer in answers)
        finally:
            self.tree.restore(self.mutants)

    def _find(self, mutant: Mutant, image: pathlib.Path) -> Finding:
        left = self.out / "left" / mutant.name
        shutil.rmtree(left, ignore_errors=True)
        finding = verdict_of_named(mutant, self.suite.of(image, mutant.cases, left))
        if finding:
            return finding
        failure = None if self.options.named_only else self._first_of_the_rest(image, left)
        if failure:
            result = "noticed" if mutant.unobservable else "stale"
            case = failure.case
            return Finding(mutant.name, result, case.name, case.cut, failure.reason)
        if not mutant.unobservable:
            return Finding(mutant.name, "missed", reason=mutant.damage)
        result = "unsought" if self.options.named_only else "unseen"
        return Finding(mutant.name, result, reason=mutant.unobservable)

    def _first_of_the_rest(self, image: pathlib.Path, left: pathlib.Path) -> Answer | None:
        answers = self.suite.answers(image, WHOLE_CATALOGUE, left / "rest")
        troubled: list[Answer] = []
        try:
            for answer in answers:
                result = self._weighed(answer)
                if result == "fail":
                    return answer
                if result == "trouble":
                    troubled.append(answer)
        finally:
            answers.close()
        return self._first_of_troubled(image, troubled, left / "again")

    def _first_of_troubled(
        self, image: pathlib.Path, troubled: list[Answer], left: pathlib.Path
    ) -> Answer | None:
        """Trouble may be a moment's, so they run once more; Unjudged where it stays."""
        if len(troubled) <= MOST_AGAIN:
            again = self.suite.of(image, [answer.case for answer in troubled], left)
            weighed = [(self._weighed(answer), answer) for answer in again]
            for result, answer in weighed:
                if result == "fail":
                    return answer
            troubled = [answer for result, answer in weighed if result == "trouble"]
        if troubled:
            first, more = troubled[0], len(troubled) - 1
            more_of_them = f" (and {more} more)" if more else ""
            raise Unjudged(f"{first.case} cannot be judged: {first.reason}{more_of_them}")
        return None

    def _weighed(self, answer: Answer) -> str:
        """A failure counts where the unmutated kernel passes; it may be in trouble itself."""
        if answer.result != "fail":
            return answer.result
        again = self.suite.of(self.control, [answer.case], self.out / "left/control")
        results = {each.result for each in again}
        return "fail" if results == {"pass"} else "trouble" if "trouble" in results else "pass"


def program_of_suite() -> pathlib.Path:
    build = os.environ.get("SOCKCR_BUILD") or ROOT / "build/dev"
    return pathlib.Path(build).resolve() / "run-scenario"
