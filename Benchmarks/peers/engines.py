"""The engines that run the exported network beside ours, each in a process of its own: python engines.py ENGINE THREADS ONNX FOLDER

A worker prepares its engine, leaves what it makes of FOLDER/cube.npy as FOLDER/ENGINE-THREADS.npy, says "ready" and then runs
the network as often as each line of its input says, and prints the seconds that each run took, as JSON.
"""

import json
import pathlib
import sys
import time

import numpy


def with_openvino(threads, model, cube, hints):
    import openvino

    settings = {"INFERENCE_NUM_THREADS": threads, "NUM_STREAMS": 1, "PERFORMANCE_HINT": "LATENCY"}
    compiled = openvino.Core().compile_model(model, "CPU", settings | hints)
    request = compiled.create_infer_request()
    request.set_input_tensor(openvino.Tensor(cube))

    def run():
        request.infer()
        return request.get_output_tensor(0).data

    return run


def with_onnxruntime(threads, model, cube):
    import onnxruntime

    options = onnxruntime.SessionOptions()
    options.intra_op_num_threads = threads
    options.inter_op_num_threads = 1
    session = onnxruntime.InferenceSession(model, options, providers=["CPUExecutionProvider"])
    names = [session.get_outputs()[0].name], session.get_inputs()[0].name
    return lambda: session.run(names[0], {names[1]: cube})[0]


def torch_network(threads, model):
    """The network in PyTorch, whose names of parameters are those of the file."""
    import onnx
    import torch
    from onnx import numpy_helper
    from torch import nn

    torch.set_num_threads(threads)
    file = onnx.load(model)
    about = {entry.key: entry.value for entry in file.metadata_props}
    slope = json.loads(about["configuration"])["slope"]

    def rectified(layer, channels):
        return [layer, nn.BatchNorm3d(channels), nn.LeakyReLU(slope)]

    def convolution(inputs, outputs):
        return rectified(nn.Conv3d(inputs, outputs, 3, padding=1, bias=False), outputs)

    def decoder():
        layers = []
        for inputs, outputs in [(64, 48), (48, 32), (32, 32)]:
            layer = nn.ConvTranspose3d(inputs, outputs, 3, stride=2, padding=1, output_padding=1, bias=False)
            layers += rectified(layer, outputs)
        return nn.Sequential(*layers, nn.Conv3d(32, 1, 3, padding=1), nn.Sigmoid())

    encoder = [layer for sizes in [(1, 32), (32, 48), (48, 64)] for layer in [*convolution(*sizes), nn.MaxPool3d(2)]]
    network = nn.ModuleDict(
        {
            "encoder": nn.Sequential(*encoder, *convolution(64, 64)),
            "reconstruction": decoder(),
            "prediction": decoder(),
        }
    )
    weights = {tensor.name: torch.from_numpy(numpy_helper.to_array(tensor).copy()) for tensor in file.graph.initializer}
    missing, unexpected = network.load_state_dict(weights, strict=False)
    missing = [name for name in missing if not name.endswith("num_batches_tracked")]
    if missing or unexpected:
        sys.exit(f"{model} is another network: it lacks {missing} and has {unexpected}")
    return network


def with_torch(threads, model, cube, layout):
    import torch

    layout = getattr(torch, layout)
    network = torch_network(threads, model).eval().to(memory_format=layout)
    x = torch.from_numpy(cube).to(memory_format=layout)

    def run():
        with torch.inference_mode():
            return network["reconstruction"](network["encoder"](x)).numpy()

    return run


def training_with_torch(threads, model, cube, layout):
    """One step as `analytics bench train` takes it: the mean squared error of the reconstruction, and that of every
    predicted frame t of T by (T - t) / T²; Adam."""
    import torch

    layout = getattr(torch, layout)
    network = torch_network(threads, model).train().to(memory_format=layout)
    optimizer = torch.optim.Adam(network.parameters(), lr=1e-3)
    x = torch.from_numpy(cube).to(memory_format=layout)
    future = torch.from_numpy(numpy.random.default_rng(3).random(cube.shape, numpy.float32)).to(memory_format=layout)
    frames = cube.shape[2]
    weights = torch.tensor([(frames - t) / frames**2 for t in range(1, frames + 1)])

    def run():
        optimizer.zero_grad(set_to_none=True)
        code = network["encoder"](x)
        reconstruction = network["reconstruction"](code)
        loss = torch.nn.functional.mse_loss(reconstruction, x)
        errors = (network["prediction"](code) - future).square().mean(dim=(0, 1, 3, 4))
        (loss + (weights * errors).sum()).backward()
        optimizer.step()
        return reconstruction.detach().numpy()

    return run


def with_ncnn(threads, model, picture):
    """A detector of ncnn's: from RGB bytes to boxes. Its person class is number 1."""
    import ncnn

    network = ncnn.Net()
    network.opt.num_threads = threads
    network.opt.use_vulkan_compute = False
    network.load_param(model)
    network.load_model(model.removesuffix(".param") + ".bin")
    height, width = picture.shape[:2]

    def run():
        pixels = ncnn.Mat.from_pixels(picture, ncnn.Mat.PixelType.PIXEL_RGB2BGR, width, height)
        pixels.substract_mean_normalize([], [1 / 255] * 3)
        extractor = network.create_extractor()
        extractor.input("data", pixels)
        found = extractor.extract("output")[1]
        return numpy.array(found) if found.h else numpy.zeros((0, 6), numpy.float32)

    return run


ENGINES = {
    "ncnn": with_ncnn,
    "openvino-fp32": lambda *job: with_openvino(*job, {"INFERENCE_PRECISION_HINT": "f32"}),
    "openvino-default": lambda *job: with_openvino(*job, {}),
    "openvino-int8": lambda *job: with_openvino(*job, {"INFERENCE_PRECISION_HINT": "f32"}),
    "openvino-int8-default": lambda *job: with_openvino(*job, {}),
    "onnxruntime": with_onnxruntime,
    "torch": lambda *job: with_torch(*job, "contiguous_format"),
    "torch-channels-last": lambda *job: with_torch(*job, "channels_last_3d"),
    "torch-training": lambda *job: training_with_torch(*job, "contiguous_format"),
    "torch-training-channels-last": lambda *job: training_with_torch(*job, "channels_last_3d"),
}


def main(engine, threads, model, folder):
    folder = pathlib.Path(folder)
    run = ENGINES[engine](int(threads), model, numpy.load(folder / "cube.npy"))
    numpy.save(folder / f"{engine}-{threads}.npy", run())
    print("ready", flush=True)
    for line in sys.stdin:
        seconds = []
        for _ in range(int(line)):
            start = time.perf_counter()
            run()
            seconds.append(time.perf_counter() - start)
        print(json.dumps(seconds), flush=True)


if __name__ == "__main__":
    main(*sys.argv[1:])
