"""What the answers of its named cases say of a mutant."""

from __future__ import annotations

import collections
import dataclasses

from mutation.exit_code import BAD, GOOD, TROUBLE
from mutation.patches import Mutant
from mutation.suite import Answer


@dataclasses.dataclass
class Finding:
    mutant: str
    result: str
    case: str = ""
    cut: str = ""
    reason: str = ""
    build_s: float = 0
    answer_s: float = 0


def is_catch(mutant: Mutant, answer: Answer) -> bool:
    return answer.result == "fail" and any(words in answer.reason for words in mutant.expect)


def verdict_of_named(mutant: Mutant, answers: list[Answer]) -> Finding | None:
    """None: no named case has failed. One in trouble might have caught it, or not."""
    failures = [answer for answer in answers if answer.result == "fail"]
    troubled = [answer for answer in answers if answer.result == "trouble"]
    others = [a for a in answers if not is_catch(mutant, a) and a not in troubled]
    if failures and others:
        words = f"{others[0].result}, without the words '{' | '.join(mutant.expect)}': "
        return finding_of(mutant, "stale", others[0], words)
    if troubled:
        return finding_of(mutant, "trouble", troubled[0])
    return finding_of(mutant, "caught", failures[0]) if failures else None


def finding_of(mutant: Mutant, result: str, answer: Answer, words: str = "") -> Finding:
    case = answer.case
    return Finding(mutant.name, result, case.name, case.cut, words + answer.reason)


def score_of(findings: list[Finding]) -> str:
    tally = collections.Counter(finding.result for finding in findings)
    hidden = tally["unseen"] + tally["unsought"] + tally["noticed"]
    words = [f"{tally['caught']} of {len(findings) - hidden} observable mutants caught"]
    if hidden:
        words.append(f"{hidden} cannot be observed")
    words += [f"{tally[word]} {word}" for word in ("stale", "missed", "noticed", "trouble") if tally[word]]
    return "; ".join(words)


def exit_code_of(findings: list[Finding]) -> int:
    results = {finding.result for finding in findings}
    if results & {"stale", "missed", "noticed"}:
        return BAD
    return TROUBLE if "trouble" in results or not results else GOOD
