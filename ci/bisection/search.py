"""The whole bisect: the ends, `git bisect run`, and the report."""

import pathlib
import shutil
import time
from typing import Any, Sequence

import children
from bisection import options, report, tree
from bisection.exit_code import (
    BAD, BROKEN, CANNOT_JUDGE, GOOD, INTERRUPTED, Stop, wrong_usage,
)
from bisection.findings import findings_of
from bisection.record import Lock, new_record, read_facts
from bisection.screen import Screen
from bisection.step import STEPS
from bisection.suite import Suite
from bisection.worktree import Worktree

STEP = options.ROOT / "ci/bisect-step"


def main(arguments: Sequence[str], text: str) -> int:
    parser = options.Parser("ci/bisect", text)
    parser.add_argument("--good")
    parser.add_argument("--bad")
    parser.add_argument("--no-check", dest="check", action="store_false")
    options.add_both(parser)
    given = options.parse(parser, arguments)
    if given is None:
        return GOOD
    children.listen()
    search = Search(given)
    with Lock(search.out.with_name(search.out.name + ".lock"), "-o"):
        with new_record(given.record):
            return search.run()


class Search:
    def __init__(self, given: Any) -> None:
        self.given = given
        self.screen = Screen()
        self.tree = repository_of(given.tree)
        if not given.good or not given.bad:
            raise wrong_usage("--good REV and --bad REV are needed; see ci/bisect --help")
        self.good = tree.resolved(self.tree, given.good)
        self.bad = tree.resolved(self.tree, given.bad)
        check_ends(self.tree, self.good, self.bad)
        Suite(given.build, given.cases, given.options).check()
        self.out = (given.out or options.usual_out(self.tree, given.arch)).absolute()
        self.begin = time.monotonic()

    def run(self) -> int:
        self.screen.line(self.announcement())
        self.screen.status("checking out")
        worktree = Worktree(self.tree, self.out, self.bad.hash)
        with worktree:
            self.screen.clear()
            self.folder = worktree.folder
            if self.given.check:
                self.check_end(self.bad, "--bad", BAD)
                self.check_end(self.good, "--good", GOOD)
            self.bisect()
            found = self.conclude()
            self.screen.status("removing the checkout")
        self.screen.clear()
        return self.publish(found)

    def announcement(self) -> str:
        number = tree.answer(self.tree, "rev-list", "--count", self.bad.hash, f"^{self.good.hash}")
        record = near(self.given.record)
        return f"{number} commits; kernels are built in {near(self.out)}, record: {record}"

    def step(self) -> list[object]:
        given = self.given
        words: list[object] = [STEP, "--tree", self.folder, "-o", self.out, "--arch", given.arch]
        words += ["--build", given.build, "--record", given.record]
        words += ["-j", given.jobs] if given.jobs else []
        return [*words, *given.cases, *(["--", *given.options] if given.options else [])]

    def check_end(self, commit: tree.Commit, option: str, wanted: int) -> None:
        code = self.take_step(commit)
        if code == wanted:
            return
        called = {GOOD: "good", BAD: "bad", CANNOT_JUDGE: "not to be judged"}[code]
        raise Stop(
            CANNOT_JUDGE if code == CANNOT_JUDGE else BAD,
            f"there is nothing to bisect: {option} {commit.name()} is {called}, see above and in "
            f"{near(self.given.record / commit.hash[:12])}",
        )

    def take_step(self, commit: tree.Commit) -> int:
        checkout = ["git", "-C", self.folder, *tree.QUIET, "checkout", "--quiet"]
        self.call([*checkout, "--detach", commit.hash], (0,))
        return self.call(self.step(), (GOOD, BAD, CANNOT_JUDGE))

    def bisect(self) -> None:
        begin = ["git", "-C", self.folder, *tree.QUIET, "bisect"]
        self.call([*begin, "start", self.bad.hash, self.good.hash], (0,))
        code = self.call([*begin, "run", *self.step()], range(256))
        if code == INTERRUPTED:
            raise children.Interrupted(code)
        log = tree.answer(self.folder, "bisect", "log")
        findings = findings_of(log)
        if findings.first_bad is None and not findings.possible:
            code = code if code > 127 else BROKEN
            raise Stop(code, "git bisect run has stopped; see above")

    def call(self, command: Sequence[object], fine: Any) -> int:
        """What git says goes into a file: steps speak for themselves, on standard error."""
        path = self.given.record / "git.txt"
        with path.open("ab") as log:
            code = children.watch(command, stdout=log, stderr=None, env=tree.environment())
        if code == INTERRUPTED:
            raise children.Interrupted(code)
        if code not in fine:
            raise Stop(code if code > 127 else BROKEN, f"{command[0]} ended with {code}")
        return code

    def conclude(self) -> report.Found:
        log = tree.answer(self.folder, "bisect", "log")
        findings = findings_of(log)
        possible = [tree.resolved(self.tree, each) for each in findings.possible]
        first = tree.resolved(self.tree, findings.first_bad) if findings.first_bad else None
        failed = first or self.bad_among(possible)
        facts = self.facts_of(failed)
        return report.Found(
            self.tree, self.given.arch, self.given.options, first, possible, failed, facts,
            self.given.record / failed.hash[:12], (self.given.record / STEPS).read_text(),
            time.monotonic() - self.begin, log,
        )

    def bad_among(self, possible: Sequence[tree.Commit]) -> tree.Commit:
        for commit in possible:
            facts = read_facts(self.given.record, commit)
            if facts and facts["verdict"] == "bad":
                return commit
        return self.bad

    def facts_of(self, commit: tree.Commit) -> dict[str, Any]:
        """Where the first bad one is --bad itself, and nobody has looked at it: now."""
        facts = read_facts(self.given.record, commit)
        if facts is None:
            self.take_step(commit)
            facts = read_facts(self.given.record, commit)
        if facts is None or facts["verdict"] != "bad":
            raise Stop(BAD, f"the first bad commit would be {commit.name()}, but it is not bad")
        return facts

    def publish(self, found: report.Found) -> int:
        record = self.given.record
        (record / "bisect.log").write_text(found.log + "\n")
        text = report.report_of(found)
        (record / "report.txt").write_text(text)
        directory = found.directory()
        if directory and (directory / "capture.pcapng").is_file():
            shutil.copy2(directory / "capture.pcapng", record / "capture.pcapng")
        for image in record.glob(f"*/{found.facts['image']}"):
            if image.parent != found.folder:
                image.unlink()
        print(text, end="")
        print(f"\n{report.headline(found)}\n{report.repeat_text(found)}")
        print(f"to send:  {near(record / 'report.txt')}, and capture.pcapng beside it")
        return GOOD if found.commit else CANNOT_JUDGE


def near(path: pathlib.Path) -> str:
    """Seen from the current folder, where it lies below."""
    here = pathlib.Path.cwd()
    return str(path.relative_to(here) if path.is_relative_to(here) else path)


def repository_of(folder: pathlib.Path) -> pathlib.Path:
    """Its top, or itself where it is bare."""
    asked = tree.git(folder, "rev-parse", "--show-toplevel")
    top = asked.stdout.strip()
    if not top and tree.answer(folder, "rev-parse", "--is-bare-repository") == "true":
        top = tree.answer(folder, "rev-parse", "--absolute-git-dir")
    if not top:
        raise wrong_usage(f"--tree {folder}: {asked.stderr.strip()}")
    return pathlib.Path(top)


def check_ends(folder: pathlib.Path, good: tree.Commit, bad: tree.Commit) -> None:
    for commit in (good, bad):
        if tree.git(folder, "cat-file", "-e", f"{commit.hash}:net/ipv4/tcp.c").returncode != 0:
            raise wrong_usage(f"{commit.name()} in {folder} is no Linux source tree")
    if good.hash == bad.hash:
        raise wrong_usage(f"--good and --bad are one commit, {good.name()}")
    if tree.git(folder, "merge-base", "--is-ancestor", bad.hash, good.hash).returncode == 0:
        raise wrong_usage("--bad is older than --good: this looks for what broke, not what mended")
