"""Runs a program and tells what it cost: wall time, processor time, peak memory; and prints tables of that."""

import itertools
import os
import shutil
import subprocess
import sys
import tempfile
import time
from dataclasses import dataclass
from pathlib import Path

REPOSITORY = Path(__file__).resolve().parents[2]


@dataclass
class Cost:
    """What one run cost. Memory is the peak of the process itself, in bytes."""

    wall: float
    cpu: float
    memory: int


def artiform(given):
    """The program to measure: the one that was named, else the release build of this checkout."""
    target = Path(os.environ.get("CARGO_TARGET_DIR", REPOSITORY / "target"))
    program = Path(given or target / "release" / "artiform").resolve()
    if not program.is_file():
        sys.exit(f"{program} is not built: cargo build --release --package artiform")
    return str(program)


def run(command, folder, codes=(0,), environment=None, lines=None):
    """Runs a command to its end; another exit code than those ends the whole bench. What it writes is added to `lines`."""
    environment = os.environ | (environment or {})
    with tempfile.TemporaryFile() as output:
        started = time.perf_counter()
        child = subprocess.Popen(
            command, cwd=folder, stdin=subprocess.DEVNULL, stdout=output, stderr=output, env=environment
        )
        _, status, usage = os.wait4(child.pid, 0)
        wall = time.perf_counter() - started
        child.returncode = os.waitstatus_to_exitcode(status)
        if child.returncode not in codes:
            output.seek(0)
            text = output.read()[-2000:].decode(errors="replace")
            sys.exit(f"{' '.join(command)} ended with {child.returncode}:\n{text}")
        if lines is not None:
            output.seek(0)
            lines.extend(output.read().decode().splitlines())
        return Cost(wall, usage.ru_utime + usage.ru_stime, usage.ru_maxrss * 1024)


def best(runs, command, folder, codes=(0,)):
    """The fastest of several runs: what else the machine does can only make a run slower."""
    return min((run(command, folder, codes) for _ in range(runs)), key=lambda cost: cost.wall)


class Folder:
    """A folder for the time of a `with`, with files in it."""

    def __init__(self, files):
        self.files = files

    def __enter__(self):
        self.path = Path(tempfile.mkdtemp(prefix="artiform-bench-"))
        for name, text in self.files.items():
            place = self.path / name
            place.parent.mkdir(parents=True, exist_ok=True)
            place.write_text(text)
        return self.path

    def __exit__(self, *_):
        shutil.rmtree(self.path)


def sync_seconds(count=200):
    """The median time that the disk of the temporary folder takes to make a few bytes durable."""
    times = []
    with tempfile.TemporaryFile() as file:
        os.posix_fallocate(file.fileno(), 0, 1 << 20)
        os.fsync(file.fileno())
        for i in range(count):
            started = time.perf_counter()
            os.pwrite(file.fileno(), bytes(300), i * 300)
            os.fdatasync(file.fileno())
            times.append(time.perf_counter() - started)
    return sorted(times)[count // 2]


def syncs(folder):
    """How often the last apply in a stack's folder made its journal durable: the batches in it."""
    journals = [path for path in folder.glob("state/*/journal.*") if path.suffix[1:].isdigit()]
    newest = max(journals, key=lambda path: int(path.suffix[1:]))
    # A line is: checksum, length, sequence, batch, payload. Line one is the header, batch 0.
    return len({line.split(b" ", 4)[3] for line in newest.read_bytes().splitlines()}) - 1


def seconds(value):
    if value < 1:
        return f"{value * 1000:.0f} ms"
    return f"{value:.2f} s" if value < 10 else f"{value:.0f} s"


def megabytes(value):
    return f"{value / 1e6:.0f} MB"


def table(head, rows):
    """Prints each row as soon as it is there, under a head; the first column is the widest."""
    widths = [34] + [max(len(cell), 12) for cell in head[1:]]
    for row in itertools.chain([head, ["-" * len(cell) for cell in head]], rows):
        print("  ".join(cell.ljust(width) for cell, width in zip(row, widths)).rstrip(), flush=True)
