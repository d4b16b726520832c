"""The order of kernel releases, as the runner has it (scenarios/runner/kernel_release.h)."""

import re

Release = tuple[int, int, int, int]
UNKNOWN: Release = (1 << 30, 0, 0, 0)  # behind everything that is known
_NO_CANDIDATE = 1 << 30


def parse(text: str) -> Release | None:
    """6.12, 6.12.5, 6.12-rc3, 6.18.44-cloud: what stands behind is not looked at."""
    found = re.match(r"(\d+)\.(\d+)(?:\.(\d+))?(?:-rc(\d+))?", text)
    if not found:
        return None
    version, level, sublevel, candidate = found.groups()
    return (int(version), int(level), int(sublevel or 0), int(candidate or _NO_CANDIDATE))


def is_newer(text: str, than: str) -> bool:
    """False where nobody can tell: Debian calls every 6.1.x 6.1.0-56-amd64."""
    one, other = parse(text), parse(than)
    if not one or not other:
        return False
    if one[:2] == other[:2] and any(re.match(r"\d+\.\d+\.0-\d", each) for each in (text, than)):
        return False
    return one > other


def guess(name: str) -> Release | None:
    """Of a kernel that never told its release: debian:6.1, build/um-6.12/linux."""
    found = re.search(r"(?<![\d.])\d+\.\d+(?:\.\d+)?(?:-rc\d+)?", name)
    return parse(found[0]) if found else None
