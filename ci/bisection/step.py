"""One step: the kernel as it is checked out, judged, and what it left recorded."""

import dataclasses
import json
import pathlib
import shutil
from typing import Any, Optional, Sequence

import children
from bisection import kernel, options, tree
from bisection.evidence import left_by
from bisection.exit_code import BAD, wrong_usage
from bisection.judge import Verdict, judge
from bisection.kernel import Kernel, Workshop
from bisection.screen import Screen
from bisection.suite import Suite

STEPS = "steps.txt"


@dataclasses.dataclass(frozen=True)
class Step:
    shop: Workshop
    suite: Suite
    record: pathlib.Path
    commit: Optional[tree.Commit]

    def name(self) -> str:
        return self.commit.name() if self.commit else str(self.shop.tree)

    def folder(self) -> pathlib.Path:
        return self.record / (self.commit.hash[:12] if self.commit else "tree")


def main(arguments: Sequence[str], text: str) -> int:
    parser = options.Parser("ci/bisect-step", text)
    options.add_both(parser)
    given = options.parse(parser, arguments)
    if given is None:
        return 0
    children.listen()
    step = made_of(given)
    kernel.check_tree(step.shop.tree)
    step.suite.check()
    return take(step, Screen())


def made_of(given: Any) -> Step:
    top = tree.answer(given.tree, "rev-parse", "--show-toplevel")
    folder = pathlib.Path(top or given.tree).absolute()
    if not folder.is_dir():
        raise wrong_usage(f"{folder} is no Linux source tree")
    out = (given.out or options.usual_out(folder, given.arch)).absolute()
    suite = Suite(given.build, given.cases, given.options)
    commit = tree.commit_of(folder, "HEAD") if top else None
    return Step(Workshop(folder, out, given.arch, given.jobs), suite, given.record, commit)


def take(step: Step, screen: Screen) -> int:
    ahead = ahead_of(step)
    status = lambda text: screen.status(f"{step.name()[:40]}  {ahead}{text}")
    folder = fresh(step.folder())
    built = kernel.build(step.shop, folder / "build.log", status)
    screen.starts()
    verdict = judge(built, step.suite, folder, status)
    record(step, built, verdict)
    text = told(step, built, verdict)
    screen.line(screen.painted(verdict.word()) + text)
    with (step.record / STEPS).open("a") as steps:
        steps.write(f"{verdict.word():<5}{text}\n")
    return verdict.code


def ahead_of(step: Step) -> str:
    """How long it will take; nothing where no bisect is under way."""
    left = tree.steps_left(step.shop.tree)
    if left is None:
        return ""
    return f"about {left} more {'step' if left == 1 else 'steps'}, " if left else "the last step, "


def fresh(folder: pathlib.Path) -> pathlib.Path:
    """Of an earlier step at this commit nothing may be taken for this one's."""
    if folder.exists():
        shutil.rmtree(folder)
    folder.mkdir(parents=True)
    return folder


def told(step: Step, built: Kernel, verdict: Verdict) -> str:
    text = f"{step.name()}\n     built in {built.seconds:.1f} s"
    if verdict.run is not None:
        release = next((case["kernel"] for case in verdict.run.cases), "no kernel")
        text += f", {release}: {verdict.run.counts()} in {verdict.run.seconds:.1f} s"
    return text + (f"\n     {' '.join(verdict.reason.split())}" if verdict.reason else "")


def record(step: Step, built: Kernel, verdict: Verdict) -> None:
    """What a report is made of; of a kernel that fails, itself too."""
    folder, failure = step.folder(), verdict.failure
    directory = left_by(failure, verdict.folder) if failure and verdict.folder else None
    if verdict.code == BAD and built.image is not None:
        shutil.copy2(built.image, folder / built.image.name)
    if (step.shop.out / ".config").is_file():
        shutil.copy2(step.shop.out / ".config", folder / "config")
    facts = {
        "commit": step.commit.hash if step.commit else None,
        "verdict": verdict.word(),
        "reason": verdict.reason,
        "build_s": round(built.seconds, 3),
        "run_s": round(verdict.run.seconds, 3) if verdict.run else None,
        "failure": failure,
        "failing": [case["case"] for case in verdict.run.failures()] if verdict.run else [],
        "cases": len(verdict.run.cases) if verdict.run else 0,
        "directory": str(directory.relative_to(folder)) if directory else None,
        "image": built.image.name if built.image else None,
    }
    (folder / "step.json").write_text(json.dumps(facts, indent=1) + "\n")
