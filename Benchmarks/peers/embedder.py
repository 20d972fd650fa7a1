"""Measures `analytics bench embedder` beside OpenVINO and ONNX Runtime, which read the same network from ONNX, in turn, and
prints ratios. See ../README.md.
"""

import json
import pathlib
import statistics
import subprocess
import tempfile

import numpy
from peers import Ours, Peer, people_options, quantize

COMPARISONS = [
    ("embedder", "openvino-fp32", 0.9),
    ("embedder", "onnxruntime", 0.9),
    ("embedder-int8", "openvino-int8", 1.0),
    ("embedder-int8", "openvino-int8-default", None),
]


def main():
    parser = people_options(__doc__, "person-embedder.safetensors", 2)
    parser.add_argument("--batch", type=int, default=8)
    options = parser.parse_args()

    with tempfile.TemporaryDirectory() as folder:
        network = pathlib.Path(folder) / "embedder.onnx"
        batch = ["--batch", str(options.batch)]
        subprocess.run([options.binary, "export", options.model, "--onnx", network, *batch], check=True, capture_output=True)
        crops = numpy.random.default_rng(2).normal(size=(options.batch, 3, 144, 56)).astype(numpy.float32)
        numpy.save(pathlib.Path(folder) / "cube.npy", crops)
        quantized = pathlib.Path(folder) / "quantized.xml"
        quantize(network, [crops], quantized)
        mine, theirs = {}, {}
        for name, engine, _ in COMPARISONS:
            if name not in mine:
                mine[name] = Ours(options.binary, name, options.threads, options.model)
                mine[name].command += batch
            theirs[engine] = Peer(engine, options.threads, str(quantized if "int8" in engine else network), folder)
        contestants = mine | theirs
        times = {name: [] for name in contestants}
        for _ in range(options.rounds):
            for name, contestant in contestants.items():
                times[name].append(contestant.milliseconds(options.runs))
        for peer in theirs.values():
            peer.close()
        features = {name: numpy.load(pathlib.Path(folder) / f"{name}-{options.threads}.npy") for name in theirs}
    rows = [
        {
            "task": f"{name}, batch {options.batch}",
            "threads": options.threads,
            "peer": peer,
            "ours_ms": statistics.median(times[name]),
            "peer_ms": statistics.median(times[peer]),
            "ratio": statistics.median(a / b for a, b in zip(times[name], times[peer])),
            "ratio_of_best": min(times[name]) / min(times[peer]),
            "peer_difference": float(abs(features[peer].ravel() - features["onnxruntime"].ravel()).max()),
            "bar": bar,
        }
        for name, peer, bar in COMPARISONS
    ]
    if options.json:
        return print(json.dumps(rows, indent=2))
    for row in rows:
        print(
            f"{row['task']}, {row['threads']} thread(s): {row['ours_ms']:.1f} ms, {row['peer']} {row['peer_ms']:.1f} ms, "
            f"ratio {row['ratio']:.2f}, of best {row['ratio_of_best']:.2f}" + (f", bar {row['bar']:.2f}" if row["bar"] else "")
        )


if __name__ == "__main__":
    main()
