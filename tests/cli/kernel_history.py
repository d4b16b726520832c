"""A history of the kernel to bisect: Debian's Linux 6.1, and on top of it one commit that breaks
TCP_REPAIR, one that does not compile, and harmless ones."""

import os
import pathlib
import re
import shutil
import subprocess
import tarfile

TARBALL = pathlib.Path("/usr/src/linux-source-6.1.tar.xz")

# What User-mode Linux is made of; of all else Kconfig and make read their own files only.
WHOLE = re.compile(
    r"(arch/(um|x86)|block|certs|crypto|fs|include|init|io_uring|ipc|kernel|lib|mm|net|scripts"
    r"|security|usr|virt|tools/(build|include|lib|scripts)"
    r"|drivers/(base|block|char|clocksource|dma-buf|tty))/"
)
LISTS = re.compile(
    r"(.*/)?(Kconfig|Makefile|Kbuild)[^/]*$|[^/]*$|arch/\w+/include/|drivers/(\w+/)?[^/]*\.[ch]$"
)


def is_needed(name):
    return bool(WHOLE.match(name) or LISTS.match(name)) and not name.endswith(".gitignore")


def source():
    """What there is: an unpacked tree, Debian's tarball, or None."""
    named = os.environ.get("SOCKCR_LINUX_SOURCE")
    if named:
        return pathlib.Path(named)
    return TARBALL if TARBALL.is_file() else None


def unpack(origin, folder):
    if origin.is_file():
        with tarfile.open(origin) as archive:
            for member in archive:
                name = member.name.partition("/")[2]
                if name and not member.isdir() and is_needed(name):
                    member.name = name
                    archive.extract(member, folder)
        return
    for path in origin.rglob("*"):
        name = str(path.relative_to(origin))
        if is_needed(name) and (path.is_file() or path.is_symlink()):
            (folder / name).parent.mkdir(parents=True, exist_ok=True)
            shutil.copy2(path, folder / name, follow_symlinks=False)


# Subject, file, and what becomes what in it; "" is put behind the last line.
CHANGES = [
    ("tcp: note where repair is asked for", "net/ipv4/tcp.c", "", "/* repair */\n"),
    ("tcp: note who sends", "net/ipv4/tcp_output.c", "", "/* output */\n"),
    ("docs: say hello", "README", "", "Hello.\n"),
    ("sock: note options", "net/core/sock.c", "", "/* options */\n"),
    ("tcp: note who hears", "net/ipv4/tcp_input.c", "", "/* input */\n"),
    ("unix: note names", "net/unix/af_unix.c", "", "/* names */\n"),
    ("veth: note both ends", "drivers/net/veth.c", "", "/* ends */\n"),
    (
        "tcp: begin to count repairs", "net/ipv4/tcp.c",
        "tp->rx_opt.tstamp_ok = 1;\n\t\t\tbreak;", "tp->repairs++;\n\t\t\tbreak;",
    ),
    (
        "tcp: do not count repairs yet", "net/ipv4/tcp.c",
        "tp->repairs++;\n\t\t\tbreak;", "tp->rx_opt.tstamp_ok = 1;\n\t\t\tbreak;",
    ),
    ("ipv6: note addresses", "net/ipv6/tcp_ipv6.c", "", "/* addresses */\n"),
    (
        "tcp: tidy the options of repair", "net/ipv4/tcp.c",
        "tp->rx_opt.tstamp_ok = 1;\n\t\t\tbreak;",
        "tp->rx_opt.tstamp_ok = opt.opt_val;\n\t\t\tbreak;",
    ),
    ("tcp: note timers", "net/ipv4/tcp_timer.c", "", "/* timers */\n"),
    ("docs: say good-bye", "README", "", "Good-bye.\n"),
    ("ipv4: note addresses", "net/ipv4/tcp_ipv4.c", "", "/* addresses */\n"),
    ("udp: note nothing", "net/ipv4/udp.c", "", "/* nothing */\n"),
    ("sock: note memory", "net/core/sock.c", "", "/* memory */\n"),
]
DOES_NOT_COMPILE = "tcp: begin to count repairs"
BREAKS = "tcp: tidy the options of repair"


def git(folder, *words):
    identity = ["-c", "user.name=A U Thor", "-c", "user.email=author@example.com"]
    speed = ["-c", "core.compression=0", "-c", "gc.auto=0"]
    done = subprocess.run(
        ["git", "-C", str(folder), *identity, *speed, *words],
        capture_output=True, text=True, check=True,
    )
    return done.stdout.strip()


def make(folder, origin):
    """Gives subject -> hash, oldest first; the first is "Linux"."""
    folder.mkdir(parents=True)
    unpack(origin, folder)
    git(folder, "init", "-q", "-b", "master", ".")
    git(folder, "add", "-f", ".")  # Debian's .gitignore would swallow net/ and include/
    git(folder, "commit", "-q", "-m", "Linux")
    commits = {"Linux": git(folder, "rev-parse", "HEAD")}
    for subject, name, old, new in CHANGES:
        change(folder / name, old, new)
        git(folder, "commit", "-q", "-a", "-m", subject)
        commits[subject] = git(folder, "rev-parse", "HEAD")
    return commits


def change(path, old, new):
    text = path.read_text()
    assert not old or text.count(old) == 1, f"{path} has changed"
    path.write_text(text.replace(old, new) if old else text + new)
