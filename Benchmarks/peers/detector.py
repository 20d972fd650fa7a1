"""Measures `analytics bench detector` beside Yolo-Fastest-1.1-body in ncnn, both from the bytes of a picture of 320×320 to boxes,
in turn, and prints ratios. See ../README.md.

The network (yolo-fastest-1.1_body.param and .bin, from github.com/dog-qiuqiu/Yolo-Fastest) is not part of this project.
"""

import json
import pathlib
import statistics
import tempfile

import numpy
from peers import Ours, Peer, people_options


def main():
    parser = people_options(__doc__, "person-detector.safetensors", 1)
    parser.add_argument("network", help="yolo-fastest-1.1_body.param, with the .bin beside it")
    options = parser.parse_args()

    with tempfile.TemporaryDirectory() as folder:
        picture = numpy.random.default_rng(2).integers(0, 256, (320, 320, 3), numpy.uint8)
        numpy.save(pathlib.Path(folder) / "cube.npy", picture)
        ours = Ours(options.binary, "detector", options.threads, options.model)
        peer = Peer("ncnn", options.threads, options.network, folder)
        times = [(ours.milliseconds(options.runs), peer.milliseconds(options.runs)) for _ in range(options.rounds)]
        peer.close()
    mine, theirs = zip(*times)
    row = {
        "task": "detector",
        "threads": options.threads,
        "peer": "ncnn",
        "ours_ms": statistics.median(mine),
        "peer_ms": statistics.median(theirs),
        "ratio": statistics.median(a / b for a, b in times),
        "ratio_of_best": min(mine) / min(theirs),
        "bar": 1.0,
    }
    if options.json:
        return print(json.dumps(row, indent=2))
    print(
        f"detector, {options.threads} thread(s): {row['ours_ms']:.1f} ms, ncnn {row['peer_ms']:.1f} ms, "
        f"ratio {row['ratio']:.2f}, of best {row['ratio_of_best']:.2f}, bar 1.00"
    )


if __name__ == "__main__":
    main()
