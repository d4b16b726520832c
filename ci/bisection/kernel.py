"""Building the kernel of the tree as it stands, by ci/build-kernel."""

import dataclasses
import pathlib
import re
import shutil
import time
from typing import Callable, Optional

import children
from bisection.exit_code import BROKEN, Stop, wrong_usage
from bisection.options import ROOT

NO_ROOM = 64 << 20  # bytes: with less a build may have failed for want of them
LAST_LINE = 4096  # bytes


@dataclasses.dataclass(frozen=True)
class Kernel:
    image: Optional[pathlib.Path]  # none: it could not be built, and the log says why
    seconds: float
    complaint: str = ""


@dataclasses.dataclass(frozen=True)
class Workshop:
    tree: pathlib.Path
    out: pathlib.Path
    arch: str
    jobs: Optional[int]


def check_tree(tree: pathlib.Path) -> None:
    """What every commit would meet is not to be found out at each of them."""
    if not (tree / "Kconfig").is_file() or not (tree / "net/ipv4").is_dir():
        raise wrong_usage(f"{tree} is no Linux source tree")
    if (tree / ".config").exists() or (tree / "include/config").exists():
        raise wrong_usage(
            f"{tree} holds a build of its own, beside which none can be made elsewhere: "
            "make mrproper there, or call ci/bisect, which takes a tree of its own"
        )


def build(shop: Workshop, log: pathlib.Path, status: Callable[[str], None]) -> Kernel:
    command: list[object] = [ROOT / "ci/build-kernel", shop.tree, "-o", shop.out]
    command += ["--arch", shop.arch, *(["-j", shop.jobs] if shop.jobs else [])]
    begin = time.monotonic()
    with log.open("wb") as file:
        tick = lambda: status("building: " + last_line(shop.out / "sockcr-build.log"))
        code = children.watch(command, tick, stdout=file, stderr=file)
    seconds = time.monotonic() - begin
    said = log.read_text(errors="replace")
    if code == 0:
        log.unlink()
        return Kernel(shop.out / ("linux" if shop.arch == "um" else "vmlinux"), seconds)
    if code != 1:
        raise Stop(BROKEN, f"ci/build-kernel cannot build here, it exits with {code}:\n{said}")
    if shutil.disk_usage(shop.out).free < NO_ROOM:
        raise Stop(BROKEN, f"no room is left in {shop.out}")
    return Kernel(None, seconds, complaint_of(said.replace(f"{shop.tree}/", "")))


def last_line(log: pathlib.Path) -> str:
    """What make has said last: `CC net/ipv4/tcp.o`."""
    try:
        with log.open("rb") as file:
            file.seek(max(0, log.stat().st_size - LAST_LINE))
            lines = file.read().decode(errors="replace").split("\n")
    except OSError:
        return ""
    return " ".join(lines[-2].split()) if len(lines) > 1 else ""


def complaint_of(said: str) -> str:
    """The first error of the compiler, the linker or make."""
    lines = said.splitlines()
    wanted = (r"\berror:", r"undefined reference|No rule to make", r"\*\*\*")
    found = (line for pattern in wanted for line in lines if re.search(pattern, line))
    return next(found, lines[-1] if lines else "").strip()
