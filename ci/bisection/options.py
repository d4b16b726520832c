"""The command lines of ci/bisect and ci/bisect-step."""

import argparse
import hashlib
import os
import pathlib
from typing import NoReturn, Optional, Sequence

import scenario_options
from bisection.exit_code import wrong_usage

ROOT = pathlib.Path(__file__).resolve().parents[2]

# Of run-scenario's options: what is ours to say, what does not run cases, what never ends.
REFUSED = {
    "--kernel": "the kernel is the one that is built",
    "--format": "the cases are read as JSON",
    "--exit-style": "git speaks one",
    "--junit": "each step would write over the last one's",
    "--keep": "a good step leaves nothing",
    "--until-fail": "a good kernel would run for ever; --repeat N ends",
    **scenario_options.RUNS_NOTHING,
}


class Parser(argparse.ArgumentParser):
    def __init__(self, program: str, text: str) -> None:
        super().__init__(prog=program, add_help=False, allow_abbrev=False)
        self.text = text
        self.add_argument("-h", "--help", action="store_true")

    def error(self, message: str) -> NoReturn:
        raise wrong_usage(f"{message}; see {self.prog} --help")


def add_both(parser: Parser) -> None:
    parser.add_argument("--tree", type=pathlib.Path, default=pathlib.Path("."))
    parser.add_argument("-o", dest="out", type=pathlib.Path)
    parser.add_argument("--arch", default="um")
    parser.add_argument("-j", dest="jobs", type=int)
    parser.add_argument("--build", type=pathlib.Path)
    parser.add_argument("--record", type=pathlib.Path, default=pathlib.Path("bisect.out"))
    parser.add_argument("cases", nargs="*")


def parse(parser: Parser, arguments: Sequence[str]) -> Optional[argparse.Namespace]:
    """None where the help was asked for, and is printed."""
    words, options = split(arguments)
    given = parser.parse_intermixed_args(words)
    if given.help:
        print(parser.text, end="")
        return None
    given.options = checked(options)
    if given.arch not in ("um", "x86_64"):
        raise wrong_usage(f"--arch takes um or x86_64, not '{given.arch}'")
    if given.jobs is not None and given.jobs < 1:
        raise wrong_usage(f"-j takes a number above 0, not {given.jobs}")
    if not given.cases and not chooses(given.options):
        raise wrong_usage(f"no CASE; see {parser.prog} --help")
    given.build = (given.build or usual_build()).absolute()
    given.record = given.record.absolute()
    return given


def split(arguments: Sequence[str]) -> tuple[list[str], list[str]]:
    words = list(arguments)
    where = words.index("--") if "--" in words else len(words)
    return words[:where], words[where + 1 :]


def chooses(options: Sequence[str]) -> bool:
    return any(word == "--all" or word.split("=")[0] == "--walk" for word in options)


def checked(options: Sequence[str]) -> list[str]:
    """run-scenario's options, with absolute paths; Stop where one is not for a bisect."""
    for word in options:
        name = word.partition("=")[0]
        if name in REFUSED:
            raise wrong_usage(f"{name} is not for a bisect: {REFUSED[name]}")
    return scenario_options.absolute(options)


def usual_build() -> pathlib.Path:
    return pathlib.Path(os.environ.get("SOCKCR_BUILD") or ROOT / "build/dev")


def usual_out(tree: pathlib.Path, arch: str) -> pathlib.Path:
    """Of each tree its own, because another path rebuilds all."""
    mark = hashlib.sha256(os.fsencode(tree)).hexdigest()[:6]
    return ROOT / "build/bisect" / f"{tree.name}-{mark}-{arch}"
