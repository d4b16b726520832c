"""A reader of KTAP version 1 that forgives nothing of the kernel's ktap.rst, nor of what kernel CI
greps for."""

import dataclasses
import re

RESULT = re.compile(r"(ok|not ok) (\d+)(?: (?:- )?([^#\n]*?))?(?: # ?(.*))?$")
DIRECTIVES = ("SKIP", "TODO", "XFAIL", "TIMEOUT", "ERROR")
TOTALS = re.compile(
    r"# Totals: pass:(\d+) fail:(\d+) xfail:(\d+) xpass:(\d+) skip:(\d+) error:(\d+)$"
)
ALARM = re.compile(r"\bFAIL(ED)?\b|\bSKIP\b|\[FAIL\]|\[SKIP\]")


class NotKtap(Exception):
    pass


@dataclasses.dataclass
class Test:
    number: int
    ok: bool
    name: str
    directive: str
    data: str
    diagnostics: list
    subtests: list
    totals: dict


@dataclasses.dataclass
class Document:
    plan: int | None
    tests: list
    totals: dict
    bailed_out: str
    diagnostics: list


class Reader:
    def __init__(self, text):
        if not text.endswith("\n"):
            raise NotKtap("the last line does not end")
        self.lines = text.split("\n")[:-1]
        self.at = 0

    def refuse(self, why):
        line = self.lines[self.at] if self.at < len(self.lines) else "(the end)"
        raise NotKtap(f"line {self.at + 1}: {why}: {line!r}")

    def peek(self):
        return self.lines[self.at] if self.at < len(self.lines) else None

    def level(self, depth):
        """The lines of one level, from its version line to where the indent ends."""
        indent = "  " * depth
        if self.peek() != indent + "KTAP version 1":
            self.refuse("a version line is needed")
        self.at += 1
        plan = None
        if self.peek() is not None and re.fullmatch(indent + r"1\.\.\d+", self.peek()):
            plan = int(self.peek()[len(indent) + 3 :])
            self.at += 1
        found = Document(plan, [], {}, "", [])
        pending, subtests, totals = [], [], {}
        while self.peek() is not None and self.peek().startswith(indent):
            line = self.peek()[len(indent) :]
            if line == "  KTAP version 1":
                inner = self.level(depth + 1)
                if not inner.tests:
                    self.refuse("a list of subtests is empty")
                subtests, totals = inner.tests, inner.totals
                self.check_plan(inner, False)
                continue
            if line.startswith(" "):
                self.refuse("an indent that belongs to no list of subtests")
            if re.match(r"1\.\.|KTAP version", line):
                self.refuse("a plan or version line in the wrong place")
            if TOTALS.match(line):
                if found.totals:
                    self.refuse("totals twice")
                words = ("pass", "fail", "xfail", "xpass", "skip", "error")
                found.totals = dict(zip(words, map(int, TOTALS.match(line).groups())))
            elif line.startswith("#"):
                if line != "#" and not line.startswith("# "):
                    self.refuse("a diagnostic line begins with '# '")
                pending.append(line[2:])
            elif line.startswith("Bail out!") and depth == 0:
                found.bailed_out = line
            else:
                found.tests.append(self.result(line, len(found.tests) + 1, pending, subtests, totals))
                pending, subtests, totals = [], [], {}
            self.at += 1
        if subtests:
            self.refuse("subtests without the result of their test")
        found.diagnostics = pending
        return found

    def result(self, line, number, diagnostics, subtests, totals):
        match = RESULT.match(line)
        if not match:
            self.refuse("neither result nor diagnostic")
        result, got, name, rest = match.groups()
        if int(got) != number:
            self.refuse(f"number {number} is due")
        word, _, data = (rest or "").partition(" ")
        directive = word if word in DIRECTIVES else ""
        test = Test(number, result == "ok", name or "", directive, data if directive else rest or "",
                    list(diagnostics), list(subtests), totals)
        self.check_test(test)
        return test

    def check_test(self, test):
        if not test.name:
            self.refuse("no description")
        if test.ok and test.directive in ("ERROR", "TIMEOUT"):
            self.refuse("an error that is ok")
        if test.ok and any(not each.ok for each in test.subtests):
            self.refuse("a subtest failed, its test did not")
        if test.subtests and not test.totals:
            self.refuse("subtests without totals")
        if test.totals:
            self.check_totals(test.totals, test.subtests)
        if test.ok and not test.subtests:
            for text in [test.name, test.data, *test.diagnostics]:
                if ALARM.search(text) and test.directive != "SKIP":
                    self.refuse("an alarming word of a test that is ok")

    def check_totals(self, totals, tests):
        if totals != counts(tests):
            self.refuse(f"totals {totals}, but the tests are {counts(tests)}")

    def check_plan(self, document, whole):
        if document.plan is not None and len(document.tests) > document.plan:
            self.refuse("more tests than planned")
        if whole and document.plan is not None and len(document.tests) < document.plan:
            self.refuse("fewer tests than planned, and nobody bailed out")

    def document(self):
        found = self.level(0)
        if self.at != len(self.lines):
            self.refuse("what is this")
        if not found.totals:
            self.refuse("no totals at the end")
        self.check_plan(found, not found.bailed_out)
        for test in found.tests:
            if not found.bailed_out and test.subtests:
                self.check_plan(Document(None, test.subtests, {}, "", []), True)
        self.check_totals(found.totals, [sub for test in found.tests for sub in test.subtests or [test]])
        return found


def kind_of(test):
    if test.directive == "SKIP":
        return "skip"
    if test.directive in ("XFAIL", "TODO"):
        return "xfail"
    if test.directive in ("ERROR", "TIMEOUT"):
        return "error"
    if test.ok:
        return "pass"
    return "xpass" if test.data.startswith("unexpected pass") else "fail"


def counts(tests):
    words = ("pass", "fail", "xfail", "xpass", "skip", "error")
    return {word: sum(kind_of(test) == word for test in tests) for word in words}


def read(text):
    """The document, or NotKtap with the line and what is wrong with it."""
    return Reader(text).document()
