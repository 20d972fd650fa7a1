"""Measures `analytics bench embedder` beside OpenVINO and ONNX Runtime, which read the same network from ONNX, in turn, and
prints ratios. See ../README.md.
"""

import json
import pathlib
import statistics
import subprocess
import tempfile

import numpy
from peers import Ours, Peer, people_options

ENGINES = ["openvino-fp32", "onnxruntime"]


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
        ours = Ours(options.binary, "embedder", options.threads, options.model)
        ours.command += batch
        peers = {name: Peer(name, options.threads, str(network), folder) for name in ENGINES}
        mine, theirs = [], {name: [] for name in ENGINES}
        for _ in range(options.rounds):
            mine.append(ours.milliseconds(options.runs))
            for name, peer in peers.items():
                theirs[name].append(peer.milliseconds(options.runs))
        for peer in peers.values():
            peer.close()
        features = [numpy.load(pathlib.Path(folder) / f"{name}-{options.threads}.npy") for name in ENGINES]
        difference = float(abs(features[0] - features[1]).max())
    rows = [
        {
            "task": f"embedder, batch {options.batch}",
            "threads": options.threads,
            "peer": name,
            "ours_ms": statistics.median(mine),
            "peer_ms": statistics.median(times),
            "ratio": statistics.median(a / b for a, b in zip(mine, times)),
            "ratio_of_best": min(mine) / min(times),
            "peer_difference": difference,
            "bar": 0.9,
        }
        for name, times in theirs.items()
    ]
    if options.json:
        return print(json.dumps(rows, indent=2))
    for row in rows:
        print(
            f"{row['task']}, {row['threads']} thread(s): {row['ours_ms']:.1f} ms, {row['peer']} {row['peer_ms']:.1f} ms, "
            f"ratio {row['ratio']:.2f}, of best {row['ratio_of_best']:.2f}, bar 0.90"
        )


if __name__ == "__main__":
    main()
