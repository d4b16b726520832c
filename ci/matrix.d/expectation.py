"""What scenarios/expectations.json knows of a verdict; the runner's rules (expectations.cc)."""

import fnmatch
import hashlib
import json
import pathlib
import re
from dataclasses import dataclass, field
from typing import Any
from urllib.parse import quote

import release

TREE = "https://git.kernel.org/pub/scm/linux/kernel/git/torvalds/linux.git"


@dataclass(frozen=True)
class Expectation:
    index: int
    case: str
    outcome: str  # fail or skip
    reason: str
    exceptions: tuple[str, ...] = ()
    says: str = ""
    cuts: tuple[str, ...] = ()
    engine: str = "*"
    kernel: dict[str, str] = field(default_factory=dict, hash=False)
    see: str = ""

    def concerns(self, name: str, cut: str, engine: str, kernel: str) -> bool:
        return (
            (not self.cuts or cut in self.cuts)
            and fnmatch.fnmatchcase(name, self.case)
            and not any(fnmatch.fnmatchcase(name, each) for each in self.exceptions)
            and fnmatch.fnmatchcase(engine, self.engine)
            and self._is_in_range(kernel)
        )

    def _is_in_range(self, kernel: str) -> bool:
        if not self.kernel:
            return True
        judged = release.parse(kernel)
        since, before = (release.parse(self.kernel.get(word, "")) for word in ("since", "before"))
        return judged is not None and (not since or judged >= since) and (
            not before or judged < before
        )

    def rest_of(self, reason: str) -> str:
        """What a case says itself, without the words that the runner put in front of it."""
        return reason.removeprefix(f"known: {self.reason} ({self.see}): ")

    def range(self) -> str:
        since, before = self.kernel.get("since"), self.kernel.get("before")
        words = [f"since {since}" if since else "", f"before {before}" if before else ""]
        return ", ".join(word for word in words if word)

    def link(self) -> str:
        """Where `see` can be read: a thread, a commit by its number or by its subject."""
        if re.match(r"https?://", self.see):
            return self.see
        number = re.match(r"[0-9a-f]{12,40}\b", self.see)
        if number:
            return f"{TREE}/commit/?id={number[0]}"
        return f"{TREE}/log/?qt=grep&q={quote(self.see)}" if self.see else ""


@dataclass(frozen=True)
class Expectations:
    file: str
    digest: str
    entries: tuple[Expectation, ...]

    def find(self, case: Any, engine: str) -> Expectation | None:
        """The entry that a verdict goes by: what made a failure xfail, a pass xpass, a skip known."""
        outcome = {"xfail": "fail", "xpass": "fail", "skip": "skip"}.get(case.result)
        if not outcome:
            return None
        for each in self.entries:
            if each.outcome != outcome or not each.concerns(case.name, case.cut, engine, case.kernel):
                continue
            if case.result == "xpass" or not each.says or re.search(each.says, case.reason):
                return each
        return None


def digest_of(file: pathlib.Path) -> str:
    return hashlib.sha256(file.read_bytes()).hexdigest()[:16] if file.is_file() else ""


def _entry(index: int, raw: dict[str, Any]) -> Expectation:
    kept = {key: raw[key] for key in ("case", "outcome", "reason", "says", "engine", "kernel", "see")
            if key in raw}
    cuts = tuple(filter(None, raw.get("cut", "").split(",")))
    return Expectation(index=index, cuts=cuts, exceptions=tuple(raw.get("except", ())), **kept)


def read(file: pathlib.Path) -> Expectations:
    """Raises ValueError, "FILE: what is wrong": run-scenario --check-expectations says it better."""
    try:
        raw = json.loads(file.read_text())
        entries = tuple(_entry(i, each) for i, each in enumerate(raw["expectations"]))
        for each in entries:
            re.compile(each.says)
    except (OSError, ValueError, KeyError, TypeError, AttributeError, re.error) as error:
        raise ValueError(f"{file}: {type(error).__name__}: {error}") from error
    return Expectations(str(file), digest_of(file), entries)
