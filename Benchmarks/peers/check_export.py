"""Runs an exported network in ONNX Runtime and OpenVINO and compares with what ours made of the same input:

python check_export.py MODEL.onnx FOLDER

FOLDER holds one .npy file for each input and output of the file, by its name. Prints one line per output and engine; fails
where the file is not valid ONNX or a value differs by more than 1e-4.
"""

import pathlib
import sys

import numpy
import onnx
import onnxruntime
import openvino

TOLERANCE = 1e-4


def main(path, folder):
    model = onnx.load(path)
    onnx.checker.check_model(model, full_check=True)
    inputs = {port.name: numpy.load(f"{folder}/{port.name}.npy") for port in model.graph.input}
    names = [port.name for port in model.graph.output]
    session = onnxruntime.InferenceSession(path, providers=["CPUExecutionProvider"])
    compiled = openvino.Core().compile_model(path, "CPU", {"INFERENCE_PRECISION_HINT": "f32"})
    results = {"ONNX Runtime": dict(zip(names, session.run(names, inputs)))}
    results["OpenVINO"] = {name: value for name, value in zip(names, compiled(inputs).values())}
    worst = 0
    for engine, outputs in results.items():
        for name in names:
            ours = numpy.load(f"{folder}/{name}.npy")
            if ours.shape != outputs[name].shape:
                sys.exit(f"{name} has shape {outputs[name].shape} in {engine}, but {ours.shape} here")
            difference = float(numpy.abs(ours - outputs[name]).max())
            worst = max(worst, difference)
            print(f"{name} in {engine}: differs by {difference:.1e} at most, spread {numpy.ptp(ours):.2f}")
    if not worst <= TOLERANCE:
        sys.exit(f"differs by more than {TOLERANCE}")


if __name__ == "__main__":
    main(*sys.argv[1:])
