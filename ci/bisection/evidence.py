"""What a failing case has left in run-scenario.out."""

import pathlib
import re
from typing import Any, Optional

MOST_CONSOLE = 60  # lines


def left_by(case: dict[str, Any], folder: pathlib.Path) -> Optional[pathlib.Path]:
    """The directory of the case: its name, and what differs from one native cut."""
    name = case["case"]
    name += f".{case['cut']}" if case["cut"] != "once" else ""
    name += f".{case['engine']}" if case["engine"] != "native" else ""
    exact = folder / "run-scenario.out" / re.sub("[:/]", "-", name)
    if exact.is_dir():
        return exact
    return next(iter(sorted(exact.parent.glob(exact.name + ".round*"))), None)


def text_of(directory: Optional[pathlib.Path]) -> str:
    """Transcript, packets and trace; of a kernel that died meanwhile, its console."""
    if directory is None:
        return ""
    report, console = directory / "report.txt", directory / "console.txt"
    texts = []
    if report.is_file():
        texts.append(report.read_text(errors="replace").rstrip("\n"))
    if console.is_file():
        lines = console.read_text(errors="replace").rstrip("\n").split("\n")[-MOST_CONSOLE:]
        texts.append("\n".join(["the console of the guest:", *lines]))
    return "\n\n".join(texts)


def expected_and_actual(reason: str, text: str) -> tuple[str, str]:
    """As the transcript has them in lines of their own, or else as the reason has them in one."""
    expected = re.search(r"^ +expected: (.*)$", text, re.MULTILINE)
    actual = re.search(r"^ +actual: +(.*)$", text, re.MULTILINE)
    if expected and actual:
        return expected.group(1), actual.group(1)
    inline = re.search(r"expected (.*?), (?:actual|but it is) (.*)", reason, re.DOTALL)
    return (inline.group(1), inline.group(2)) if inline else ("that it passes", reason)
