"""What a patch says of itself: a header in front of its diff."""

import dataclasses
import pathlib
import re

from mutation.exit_code import Usage

PATCHES = pathlib.Path(__file__).resolve().parents[2] / "tests/kernel_mutants"
KEYS = {"Fault", "Damage", "Shows", "Cases", "Expect", "Unobservable"}


@dataclasses.dataclass(frozen=True, order=True)
class Case:
    cut: str
    name: str

    def __str__(self) -> str:
        return f"{self.name} --cut {self.cut}"


@dataclasses.dataclass(frozen=True)
class Mutant:
    name: str
    path: pathlib.Path
    fault: str
    damage: str
    shows: str = ""  # where a kernel has to look for it, if not everywhere
    cases: tuple[Case, ...] = ()
    expect: tuple[str, ...] = ()  # one of these is in the reason of each case
    unobservable: str = ""  # why, if it is
    files: tuple[str, ...] = ()


def header_of(text: str) -> dict[str, str]:
    """`Key: value` lines in front of the diff; a line that begins with a space goes on."""
    fields: dict[str, str] = {}
    key = ""
    for line in text.split("\n--- ", 1)[0].splitlines():
        if line.startswith(" ") and key:
            fields[key] += " " + line.strip()
        elif line.strip():
            key, colon, value = line.partition(":")
            if not colon or key not in KEYS or key in fields:
                raise Usage(f"'{line}' is no line of a header: {', '.join(sorted(KEYS))}")
            fields[key] = value.strip()
    return fields


def case_of(text: str) -> Case:
    match = re.fullmatch(r"(\S+\.\S+) --cut (none|once|twice|elsewhere)", text.strip())
    if not match:
        raise Usage(f"'{text.strip()}' is no case: SCENARIO.VARIANT --cut CUT")
    return Case(match[2], match[1])


def files_in(diff: str) -> tuple[str, ...]:
    return tuple(re.findall(r"^\+\+\+ b/(\S+)", diff, re.MULTILINE))


def touched_by_all() -> list[str]:
    """The files that any patch touches, whichever are chosen."""
    return sorted({file for path in PATCHES.glob("*.patch") for file in files_in(path.read_text())})


def mutant_at(path: pathlib.Path) -> Mutant:
    text = path.read_text()
    try:
        fields = header_of(text)
        if not fields.get("Fault") or not fields.get("Damage"):
            raise Usage("it needs a Fault and a Damage")
        if ("Unobservable" in fields) == ("Cases" in fields and "Expect" in fields):
            raise Usage("it needs Cases and Expect, or Unobservable")
        return Mutant(
            name=path.stem,
            path=path,
            fault=fields["Fault"],
            damage=fields["Damage"],
            shows=fields.get("Shows", ""),
            cases=tuple(case_of(c) for c in fields.get("Cases", "").split(",") if c.strip()),
            expect=tuple(e.strip() for e in fields.get("Expect", "").split("|") if e.strip()),
            unobservable=fields.get("Unobservable", ""),
            files=files_in(text),
        )
    except Usage as error:
        raise Usage(f"{path}: {error}") from None


def chosen(only: list[str], shard: tuple[int, int]) -> list[Mutant]:
    everyone = [mutant_at(path) for path in sorted(PATCHES.glob("*.patch"))]
    unknown = set(only) - {mutant.name for mutant in everyone}
    if unknown:
        raise Usage(f"no mutant is called {', '.join(sorted(unknown))}; see ci/mutants --list")
    if not everyone:
        raise Usage(f"no patch in {PATCHES}")
    wanted = [mutant for mutant in everyone if not only or mutant.name in only]
    index, shards = shard
    return wanted[index - 1 :: shards]
