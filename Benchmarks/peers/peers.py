"""Measures `analytics bench` beside other engines that run the same network with the same weights, and prints ratios.

All are measured in turn, round by round; a ratio is the median over the rounds of our time by theirs. See ../README.md.
"""

import argparse
import contextlib
import json
import os
import pathlib
import statistics
import subprocess
import sys
import tempfile

import numpy

HERE = pathlib.Path(__file__).parent
ROOT = HERE.parent.parent

# What is compared: task, our bench, the other engine, threads, and the most that our time may be of theirs.
COMPARISONS = [
    ("forward fp32", "stae", "openvino-fp32", 0.50),
    ("forward fp32", "stae", "openvino-default", None),
    ("forward fp32", "stae", "onnxruntime", None),
    ("forward fp32", "stae", "torch", None),
    ("forward fp32", "stae", "torch-channels-last", None),
    ("forward int8", "stae-int8", "openvino-int8", 0.70),
    ("forward int8", "stae-int8", "openvino-int8-default", None),
    ("training step", "train", "torch-training", 0.15),
    ("training step", "train", "torch-training-channels-last", None),
]


def people_options(description, model, threads):
    """What the measurements of the people's networks take."""
    parser = argparse.ArgumentParser(description=description.splitlines()[0])
    parser.add_argument("--binary", default=str(ROOT / ".build/release/analytics"))
    parser.add_argument("--model", default=str(ROOT / "Models" / model))
    parser.add_argument("--threads", type=int, default=threads)
    parser.add_argument("--rounds", type=int, default=15, help="how often all are measured in turn")
    parser.add_argument("--runs", type=int, default=9, help="runs of one engine within its turn; their median counts")
    parser.add_argument("--json", action="store_true")
    return parser


class Ours:
    """`analytics bench`, started anew for every round; it runs once before it measures."""

    def __init__(self, binary, name, threads, model):
        name, *precision = name.split("-")
        self.command = [binary, "bench", name, "--threads", str(threads), "--model", model, "--json"]
        self.command += ["--precision", *precision] if precision else []

    def milliseconds(self, runs):
        result = subprocess.run([*self.command, "--rounds", str(runs)], capture_output=True, text=True)
        if result.returncode != 0:
            raise RuntimeError(result.stderr.strip().splitlines()[0])
        return json.loads(result.stdout)["milliseconds"]


class Peer:
    """Another engine, in a process of its own that waits for its turn; it runs once before it measures."""

    def __init__(self, engine, threads, model, folder):
        command = [sys.executable, HERE / "engines.py", engine, str(threads), model, folder]
        self.process = subprocess.Popen(command, stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True)
        while (line := self.process.stdout.readline()) != "ready\n":
            if not line:
                raise RuntimeError(f"{engine} did not start")

    def milliseconds(self, runs):
        print(runs + 1, file=self.process.stdin, flush=True)
        return 1e3 * statistics.median(json.loads(self.process.stdout.readline())[1:])

    def close(self):
        self.process.stdin.close()
        self.process.wait()


def cubes(video, count):
    """Cubes of 16 frames of 128×128 gray in 0…1, ten frames a second, side by side in time."""
    frames = subprocess.run(
        ["ffmpeg", "-v", "error", "-i", video, "-vf", "fps=10,scale=128:128:flags=area,format=gray"]
        + ["-f", "rawvideo", "-"],
        capture_output=True,
        check=True,
    ).stdout
    size = 16 * 128 * 128
    whole = numpy.frombuffer(frames[: len(frames) // size * size], numpy.uint8)
    return (whole.reshape(-1, 1, 1, 16, 128, 128)[:count] / 255).astype(numpy.float32)


def quantize(model, calibration, target):
    """OpenVINO's int8 form of the network, by NNCF's post-training quantisation."""
    # Keeps nncf from telling its makers about every run.
    os.environ["NNCF_CI"] = "1"
    import nncf
    import openvino

    nncf.set_log_level(40)
    network = openvino.Core().read_model(model)
    dataset = nncf.Dataset(list(calibration))
    openvino.save_model(nncf.quantize(network, dataset, subset_size=len(calibration)), target)


def export(options, target, *branches):
    subprocess.run(
        [options.binary, "export", options.model, "--onnx", target, *branches], check=True, stderr=subprocess.DEVNULL
    )


def file_for(engine, folder):
    """What an engine reads. PyTorch has both branches and runs the one that it is told to; others run a whole file."""
    if engine.startswith("openvino-int8"):
        return folder / "quantized.xml"
    return folder / ("both.onnx" if engine.startswith("torch") else "reconstruction.onnx")


def compare(options, threads, folder, close):
    """One row per comparison on so many threads; training is compared on two alone."""
    rows, contestants, problems = [], {}, {}
    for task, ours, theirs, bar in COMPARISONS:
        if options.only and task not in options.only:
            continue
        if task == "training step" and threads != 2:
            continue
        if ours not in contestants:
            contestants[ours] = Ours(options.binary, ours, threads, options.model)
            try:
                contestants[ours].milliseconds(1)
            except RuntimeError as error:
                problems[ours] = str(error)
        contestants[theirs] = Peer(theirs, threads, file_for(theirs, folder), folder)
        close.callback(contestants[theirs].close)
        rows.append({"task": task, "threads": threads, "ours": ours, "peer": theirs, "bar": bar})
    running = {name: contestant for name, contestant in contestants.items() if name not in problems}
    times = {name: [] for name in running}
    for done in range(options.rounds):
        print(f"{threads} threads, round {done + 1} of {options.rounds}", file=sys.stderr)
        for name, contestant in running.items():
            times[name].append(contestant.milliseconds(options.runs))
    for row in rows:
        row |= {"peer_ms": statistics.median(times[row["peer"]]), "ours_ms": None, "ratio": None, "ratio_of_best": None}
        if row["ours"] in problems:
            row["problem"] = problems[row["ours"]]
            continue
        row["ours_ms"] = statistics.median(times[row["ours"]])
        row["ratio"] = statistics.median(a / b for a, b in zip(times[row["ours"]], times[row["peer"]]))
        row["ratio_of_best"] = min(times[row["ours"]]) / min(times[row["peer"]])
    return rows


def differences(rows, folder):
    """How far each engine's reconstruction is from ONNX Runtime's, at most: they run the same network."""
    for row in rows:
        reference = folder / f"onnxruntime-{row['threads']}.npy"
        if "training" in row["peer"] or not reference.exists():
            continue
        theirs = numpy.load(folder / f"{row['peer']}-{row['threads']}.npy")
        row["peer_difference"] = float(numpy.abs(theirs - numpy.load(reference)).max())


def number(value, digits):
    return "-" if value is None else f"{value:.{digits}f}"


def table(rows):
    lines = [["task", "threads", "ours, ms", "peer", "peer, ms", "ratio", "of best", "bar", ""]]
    for row in rows:
        met = "" if row["bar"] is None or row["ratio"] is None else "met" if row["ratio"] <= row["bar"] else "MISSED"
        lines.append(
            [row["task"], str(row["threads"])]
            + [number(row["ours_ms"], 1), row["peer"], number(row["peer_ms"], 1)]
            + [number(row["ratio"], 3), number(row["ratio_of_best"], 3)]
            + ["" if row["bar"] is None else f"{row['bar']:.2f}", row.get("problem", met)]
        )
    widths = [max(map(len, column)) for column in zip(*lines)]
    return "\n".join("  ".join(cell.ljust(width) for cell, width in zip(line, widths)).rstrip() for line in lines)


def main():
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("--binary", default=str(ROOT / ".build/release/analytics"))
    parser.add_argument("--model", default=str(ROOT / "Models/stae-base.safetensors"))
    parser.add_argument("--video", default=str(ROOT / "demo/vtest.avi"), help="footage that int8 is calibrated on")
    parser.add_argument("--threads", type=int, nargs="+", default=[1, 2])
    parser.add_argument("--rounds", type=int, default=9, help="how often all are measured in turn")
    parser.add_argument("--runs", type=int, default=3, help="runs of one engine within its turn; their median counts")
    parser.add_argument("--only", nargs="+", choices=sorted({task for task, *_ in COMPARISONS}))
    parser.add_argument("--json", action="store_true")
    options = parser.parse_args()

    with tempfile.TemporaryDirectory() as folder:
        folder = pathlib.Path(folder)
        export(options, file_for("openvino-fp32", folder))
        export(options, file_for("torch", folder), "--prediction")
        calibration = cubes(options.video, 100)
        numpy.save(folder / "cube.npy", calibration[0])
        if not options.only or "forward int8" in options.only:
            with contextlib.redirect_stdout(sys.stderr):
                quantize(file_for("openvino-fp32", folder), calibration, file_for("openvino-int8", folder))
        rows = []
        for threads in options.threads:
            with contextlib.ExitStack() as close:
                rows += compare(options, threads, folder, close)
        differences(rows, folder)
    print(json.dumps(rows, indent=2) if options.json else table(rows))


if __name__ == "__main__":
    main()
