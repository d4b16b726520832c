"""What is printed, as text or as lines of JSON."""

from __future__ import annotations

import dataclasses
import json
import sys

from mutation.patches import Mutant
from mutation.verdict import Finding, exit_code_of, score_of


class Report:
    def __init__(self, as_json: bool) -> None:
        self.as_json = as_json
        self.progresses = sys.stderr.isatty()
        self.findings: list[Finding] = []

    def doing(self, what: str) -> None:
        if self.progresses:
            print(f"\r\033[K{what[:78]}", end="", file=sys.stderr, flush=True)

    def say(self, line: str) -> None:
        self.doing("")
        print(line, flush=True)

    def note(self, line: str) -> None:
        if not self.as_json:
            self.say(line)

    def control(self, cases: int, seconds: float) -> None:
        if not self.as_json:
            self.say(f"unmutated: built in {seconds:.1f} s, {cases} named cases pass")

    def found(self, finding: Finding) -> None:
        self.findings.append(finding)
        if self.as_json:
            self.say(json.dumps(dataclasses.asdict(finding)))
            return
        by = f"  {finding.case} --cut {finding.cut}" if finding.case else ""
        times = f"build {finding.build_s:.1f} s, answer {finding.answer_s:.1f} s"
        self.say(f"{finding.result:<8} {finding.mutant:<28}{by}  {times}")
        for line in finding.reason.splitlines():
            self.say(f"         {line[:150]}")

    def end(self) -> int:
        if self.as_json:
            self.say(json.dumps({"summary": score_of(self.findings)}))
        else:
            self.say(score_of(self.findings))
        return exit_code_of(self.findings)


def print_list(mutants: list[Mutant]) -> None:
    for mutant in mutants:
        print(f"{mutant.name}\n    {mutant.fault}")
        if mutant.shows:
            print(f"    shows {mutant.shows}")
        for case in mutant.cases:
            print(f"    {case}")
        if mutant.unobservable:
            print(f"    cannot be observed: {mutant.unobservable}")
