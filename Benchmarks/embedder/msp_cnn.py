"""A copy of `analytics train reid` in PyTorch, for a GPU: the network, how crops are changed, what is learned, what it comes to.

What is otherwise than in the product: whole batches in one copy, pictures of full size throughout, bfloat16 on a GPU, no likeness
of patches, all of a person's pairs in place of one, crops that are coarse by two factors, and PyTorch's way of scaling pictures.
"""
import csv, math, os, time
from collections import Counter
import numpy as np, torch
from torch import nn
from torch.nn import functional as F
from PIL import Image

device = "cuda" if torch.cuda.is_available() else "cpu"
CROP, LOOK = (160, 64), (144, 56)
MEANS = torch.tensor([102.0, 102.0, 101.0], device=device).view(1, 3, 1, 1)
LUMA = torch.tensor([77, 150, 29], device=device).view(1, 3, 1, 1) / 256
DEVIATION, SCALE, SMOOTHING, DECAY, WARM_UP, SHRINKAGE = 58.0, 16.0, 0.1, 0.1, 0.03, 0.5


# The network: Sources/ReID/Embedding/MSPCNN.swift

def convolution(inputs, outputs, kernel, stride=1):
    return [nn.Conv2d(inputs, outputs, kernel, stride, kernel // 2, bias=False), nn.BatchNorm2d(outputs), nn.ReLU()]


class Concatenate(nn.Module):
    def __init__(self, *branches):
        super().__init__()
        self.branches = nn.ModuleList(nn.Sequential(*branch) for branch in branches)

    def forward(self, x):
        return torch.cat([branch(x) for branch in self.branches], 1)


def inception_a(inputs, n):
    return Concatenate(
        convolution(inputs, n, 1), convolution(inputs, n, 1) + convolution(n, n, 3),
        convolution(inputs, n, 1) + convolution(n, n, 3) + convolution(n, n, 3),
        [nn.AvgPool2d(3, 1, 1)] + convolution(inputs, n, 1))


def inception_b(inputs, n, padding=(0, 0), stride=2):
    pool = nn.MaxPool2d(3, 2, padding, ceil_mode=True) if stride == 2 else nn.MaxPool2d(3, 1, 1)
    return Concatenate(
        convolution(inputs, n, 1) + convolution(n, n, 3, stride),
        convolution(inputs, n, 1) + convolution(n, n, 3) + convolution(n, n, 3, stride), [pool])


class MixedStyles(nn.Module):
    """Gives half of the maps spreads and means between their own and another crop's (Zhou et al., "MixStyle", ICLR 2021)."""

    def forward(self, x):
        if not self.training:
            return x
        mean = x.mean((2, 3), keepdim=True).detach()
        spread = (x.float().var((2, 3), keepdim=True) + 1e-5).sqrt().to(x.dtype).detach()
        other = torch.rand(len(x), device=x.device).argsort()
        own = torch.rand(len(x), 1, 1, 1, device=x.device)
        own = torch.where(torch.rand_like(own) < 0.5, torch.ones_like(own), own).to(x.dtype)
        return (x - mean) / spread * (own * spread + (1 - own) * spread[other]) + own * mean + (1 - own) * mean[other]


class Network(nn.Module):
    """MSP-CNN; or, as a teacher, `width` times as wide, the last module at twice the resolution, with features of each of `parts` of
    the height besides. Gives a list of features, the whole picture's first."""

    def __init__(self, width=1, parts=0, mixes_styles=False):
        super().__init__()
        stem, a, b, c = 16 * width, 32 * width, 64 * width, 128 * width
        mixing = [MixedStyles()] if mixes_styles else []
        self.trunk = nn.Sequential(
            *convolution(3, stem, 3), *convolution(stem, stem, 3), *convolution(stem, stem, 3), nn.MaxPool2d(2), *mixing,
            inception_a(stem, a), inception_b(4 * a, a), *mixing, inception_a(6 * a, b), inception_b(4 * b, b),
            inception_a(6 * b, c), inception_b(4 * c, c, (0, 1), 1 if parts else 2))
        self.parts = parts
        self.heads = nn.ModuleList(
            nn.Sequential(nn.Linear(6 * c, size, bias=False), nn.BatchNorm1d(size)) for size in [256] + [128] * parts)
        for layer in self.modules():
            if isinstance(layer, (nn.Conv2d, nn.Linear)):
                nn.init.kaiming_normal_(layer.weight)
        self.to(device, memory_format=torch.channels_last)

    def forward(self, x):
        maps = self.trunk(x)
        features = [self.heads[0](maps.mean((2, 3)))]
        if self.parts:
            parts = F.adaptive_avg_pool2d(maps, (self.parts, 1)).squeeze(3)
            features += [head(parts[:, :, place]) for place, head in enumerate(self.heads[1:])]
        return features


def joined(features):
    """All features of a crop side by side, each part's at length 1."""
    return torch.cat([F.normalize(part.float()) for part in features], 1)


# How crops are changed: Sources/ReID/Training/CropAugmentation.swift

def between(count, low, high):
    return torch.rand(count, device=device) * (high - low) + low


def part(count):
    extent = between(count, 0.75, 1)
    return extent, 2 * (torch.rand(count, device=device) * (1 - extent + 0.08) - 0.04 + extent / 2) - 1


def coarse(pictures, share):
    small = F.interpolate(pictures, size=[round(side * share) for side in CROP], mode="bilinear", antialias=True)
    return F.interpolate(small, size=CROP, mode="bilinear")


def changed(pictures, misses_bands=True):
    """[N, 3, 160, 64] in 0…255 to [N, 3, 144, 56] in units of the spread."""
    count = len(pictures)
    (width, x), (height, y) = part(count), part(count)
    map_ = torch.zeros(count, 2, 3, device=device)
    map_[:, 0, 0] = width * torch.where(torch.rand(count, device=device) < 0.5, -1.0, 1.0)
    map_[:, 0, 2], map_[:, 1, 1], map_[:, 1, 2] = x, height, y
    chance = torch.rand(count, 1, 1, 1, device=device)
    pictures = pictures.float()
    pictures = torch.where(chance < 0.1, coarse(pictures, 0.5), torch.where(chance < 0.2, coarse(pictures, 0.7), pictures))
    grid = F.affine_grid(map_, (count, 3, *LOOK), align_corners=False)
    seen = F.grid_sample(pictures, grid, padding_mode="border", align_corners=False)
    is_gray = torch.rand(count, 1, 1, 1, device=device) < 0.1
    seen = torch.where(is_gray, (seen * LUMA).sum(1, keepdim=True), seen)
    gains = between(count, 0.7, 1.3).view(-1, 1, 1, 1) * between(count * 3, 0.8, 1.2).view(-1, 3, 1, 1)
    seen = ((seen * gains + between(count, -20, 20).view(-1, 1, 1, 1)).clamp(0, 255) - MEANS) / DEVIATION
    area, aspect = between(count, 0.02, 0.3) * LOOK[0] * LOOK[1], between(count, 0.5, 3)
    high, wide = (area * aspect).sqrt().clamp(max=LOOK[0]), (area / aspect).sqrt().clamp(max=LOOK[1])
    top, left = torch.rand(2, count, device=device) * torch.stack([LOOK[0] - high, LOOK[1] - wide])

    def inside(start, extent, size):
        place = torch.arange(size, device=device)[None]
        return (place >= start[:, None]) & (place < (start + extent)[:, None])

    hole = inside(top, high, LOOK[0])[:, :, None] & inside(left, wide, LOOK[1])[:, None]
    hole &= torch.rand(count, 1, 1, device=device) < 0.5
    if misses_bands:
        extent = between(1, 0.15, 0.4) * LOOK[0]
        band = inside(torch.rand(1, device=device) * (LOOK[0] - extent), extent, LOOK[0])[:, :, None]
        hole = hole | (band & (torch.rand(1, 1, 1, device=device) < 0.5))
    return torch.where(hole[:, None], 0.0, seen)


# What is learned: Sources/ReID/Training

def class_loss(features, directions, labels, dropout):
    cosines = F.linear(F.dropout(F.normalize(features), dropout), directions)
    return F.cross_entropy(SCALE * cosines, labels, label_smoothing=SMOOTHING)


def pair_loss(cosines, same, itself):
    distances = (2 - 2 * cosines).clamp(min=1e-9).sqrt()
    near = cosines.detach().masked_fill(same | itself, -2).topk(2).indices
    missing = (1 - distances.gather(1, near)).clamp(min=0)
    positives = ((distances.square() * same).sum(1) / same.sum(1)).sum()
    return (positives + missing.square().sum()) / (6 * len(cosines))


def batch_loss(cosines, same, itself, temperature):
    powers = (cosines / temperature).masked_fill(itself, -1e4)
    return -(((powers - powers.logsumexp(1, keepdim=True)) * same).sum(1) / same.sum(1)).mean()


# What it comes to: Sources/ReID/Evaluation, WithinPersonScatter.swift

@torch.no_grad()
def embeddings(network, pictures, are_mirrored):
    network.eval()
    look = lambda chunk: (F.interpolate(chunk.float(), size=LOOK, mode="bilinear", antialias=True) - MEANS) / DEVIATION
    looks = (look(chunk) for chunk in pictures.split(256))

    def see(x):
        features = network(x.contiguous(memory_format=torch.channels_last))
        return joined(features) if network.parts else features[0].float()

    return F.normalize(torch.cat([see(x) + (see(x.flip(3)) if are_mirrored else 0) for x in looks]))


def whitened(features, learned, labels):
    sums = torch.zeros(int(labels.max()) + 1, learned.shape[1], device=device).index_add_(0, labels, learned)
    differences = (learned - (sums / labels.bincount()[:, None])[labels]).double()
    scatter = differences.T @ differences / len(learned)
    scatter += SHRINKAGE * scatter.trace() / len(scatter) * torch.eye(len(scatter), device=device)
    return F.normalize(features.double() @ torch.linalg.inv(torch.linalg.cholesky(scatter)).T).float()


def rank_1(features, people, cameras, galleries=50):
    generator, hits = np.random.default_rng(1), []
    for probe, gallery in ((0, 1), (1, 0)):
        probes = np.where(cameras == probe)[0]
        places = {who: np.where((people == who) & (cameras == gallery))[0] for who in np.unique(people)}
        places = {who: where for who, where in places.items() if len(where)}
        for _ in range(galleries):
            drawn = np.array([generator.choice(where) for where in places.values()])
            nearest = (features[probes] @ features[drawn].T).argmax(1)
            hits.append((np.array(list(places))[nearest] == people[probes]).mean())
    return float(np.mean(hits))


# Crops and batches: Sources/ReID/Training/CropCollection.swift, PairSampler.swift

class Crops:
    """Labelled crops of two cameras, of people of whom there are several: `pictures`, [N, 3, 160, 64] in 0…255, `people` and
    `cameras`, [N], numbered, `files`, as the labels name them."""

    def __init__(self, images, labels):
        rows = list(csv.DictReader(open(labels)))
        pictures_of = Counter(row["identity"] for row in rows)
        rows = [row for row in rows if pictures_of[row["identity"]] > 1]
        self.files = [row["file"] for row in rows]
        self.people = np.unique([row["identity"] for row in rows], return_inverse=True)[1]
        self.cameras = np.unique([row["camera"] for row in rows], return_inverse=True)[1]
        if self.cameras.max(initial=0) != 1:
            raise SystemExit(f"{labels} has not two cameras")
        read = lambda file: np.asarray(Image.open(os.path.join(images, file)).convert("RGB").resize(CROP[::-1]))
        pictures = torch.from_numpy(np.stack([read(file) for file in self.files]))
        self.pictures = pictures.permute(0, 3, 1, 2).contiguous().to(device)

    def split(self, held_back):
        """The people to learn from and those held back, drawn once and for all."""
        shuffled = np.random.default_rng(7).permutation(self.people.max() + 1)
        return shuffled[held_back:], shuffled[:held_back]

    def labels(self, learned):
        """The class of each crop's person; 0 for those who are not learned from."""
        labels = torch.zeros(int(self.people.max()) + 1, dtype=torch.long)
        labels[torch.from_numpy(learned)] = torch.arange(len(learned))
        return labels[self.people].to(device)

    def rank_1(self, embeddings, people):
        """Of these people, as `embeddings` makes vectors of pictures."""
        of = np.isin(self.people, people)
        features = embeddings(self.pictures[torch.from_numpy(of).to(device)])
        return round(rank_1(features.cpu().numpy(), self.people[of], self.cameras[of]), 3)


def batches(crops, learned, arguments, generator):
    """Places of crops for one step after the other: of so many people, so many crops each, by different cameras in turn."""
    sides = {}
    for place, (who, camera) in enumerate(zip(crops.people, crops.cameras)):
        sides.setdefault(who, {}).setdefault(camera, []).append(place)
    queue = []
    while True:
        batch = []
        for _ in range(arguments.people):
            queue = queue or generator.permutation(learned).tolist()
            of = [generator.permutation(side) for side in sides[queue.pop()].values()]
            of = [of[turn] for turn in generator.permutation(len(of))]
            batch += [of[turn % len(of)][turn // len(of) % len(of[turn % len(of)])] for turn in range(arguments.crops)]
        yield batch


class Budget:
    """So many steps, or so many seconds."""

    def __init__(self, steps=None, seconds=None):
        self.steps, self.seconds, self.step, self.begin = steps, seconds, 0, time.monotonic()

    def shares(self):
        """How much is used, 0 to 1, before each step."""
        while (share := self.share()) < 1:
            yield share
            self.step += 1

    def share(self):
        if self.steps:
            return self.step / self.steps
        if device == "cuda" and self.step % 20 == 0:  # launched is not done
            torch.cuda.synchronize()
        return (time.monotonic() - self.begin) / self.seconds


class Optimizer:
    """AdamW, whose step length rises to `length` over a few hundredths of the budget and falls along a cosine."""

    def __init__(self, parameters, length):
        self.length, self.rate = length, torch.zeros((), device=device)
        self.adam = torch.optim.AdamW(
            [dict(params=[one for one in parameters if one.dim() > 1], weight_decay=DECAY),
             dict(params=[one for one in parameters if one.dim() == 1], weight_decay=0)],
            lr=self.rate, capturable=device == "cuda")

    def set_length(self, share):
        self.rate.fill_(self.length * max(0.01, min(1, share / WARM_UP)) * (0.01 + 0.495 * (1 + math.cos(math.pi * share))))

    def descend(self, loss):
        self.adam.zero_grad(set_to_none=True)
        loss.backward()
        self.adam.step()


def repeat(step, budget, prepare):
    """Does `prepare(share)` and `step()` until the budget is used up. On a GPU a step is one launch, in place of thousands."""
    torch.backends.cudnn.benchmark = True
    graph = None
    for number, share in enumerate(budget.shares()):
        prepare(share)
        if device == "cuda" and number == 3:
            torch.cuda.synchronize()
            graph = torch.cuda.CUDAGraph()
            with torch.cuda.graph(graph):
                step()
        graph.replay() if graph else step()
    torch.backends.cudnn.benchmark = False


class PeopleLoss:
    """Who is who, by a softmax over `learned` people, and closeness of one person's features."""

    def __init__(self, network, crops, learned, arguments):
        self.labels, self.arguments = crops.labels(learned), arguments
        self.itself = torch.eye(arguments.people * arguments.crops, dtype=torch.bool, device=device)
        self.directions = nn.ParameterList(
            nn.Parameter(F.normalize(torch.randn(len(learned), head[0].out_features, device=device))) for head in network.heads)

    def __call__(self, features, places):
        """Of each part's features, [N, …], of the crops at `places`, [N]."""
        who = self.labels[places]
        same = (who[:, None] == who) & ~self.itself
        classes = [class_loss(part, ways, who, self.arguments.dropout) for part, ways in zip(features, self.directions)]
        total = classes[0] + self.arguments.weight * self.closeness(features[0], same)
        if len(features) > 1:
            total = total + sum(classes[1:]) / (len(features) - 1) + self.arguments.weight * self.closeness(joined(features), same)
        return total

    def closeness(self, features, same):
        unit = F.normalize(features)
        cosines = unit @ unit.T
        if self.arguments.closeness == "pairs":
            return pair_loss(cosines, same, self.itself)
        return batch_loss(cosines, same, self.itself, self.arguments.temperature)

    @torch.no_grad()
    def normalize(self):
        for ways in self.directions:
            ways.copy_(F.normalize(ways))


def train(network, crops, learned, budget, arguments):
    """Trains on the people `learned`. Returns the last loss."""
    order = batches(crops, learned, arguments, np.random.default_rng(arguments.seed))
    people_loss = PeopleLoss(network, crops, learned, arguments)
    optimizer = Optimizer([*network.parameters(), *people_loss.directions], arguments.learning_rate)
    places, last = torch.zeros(arguments.people * arguments.crops, dtype=torch.long, device=device), torch.zeros((), device=device)

    def prepare(share):
        optimizer.set_length(share)
        places.copy_(torch.tensor(next(order)))

    def step():
        look = changed(crops.pictures[places], arguments.misses_bands).contiguous(memory_format=torch.channels_last)
        with torch.autocast(device, torch.bfloat16, enabled=device == "cuda", cache_enabled=False):
            features = network(look)
        loss = people_loss([part.float() for part in features], places)
        optimizer.descend(loss)
        people_loss.normalize()
        last.copy_(loss.detach())

    network.train()
    repeat(step, budget, prepare)
    return last.item()


class Teacher:
    """Networks whose features stand side by side, at length 1, reduced to the axes that say most of `pictures`."""

    def __init__(self, networks, pictures, dimension):
        self.networks = [network.eval() for network in networks]
        vectors = F.normalize(torch.cat([embeddings(network, pictures, are_mirrored=True) for network in networks], 1)).double()
        powers, axes = torch.linalg.eigh(vectors.T @ vectors)
        self.kept = (powers[-dimension:].sum() / powers.sum()).item()
        self.axes = axes[:, -dimension:].float()

    def embeddings(self, pictures):
        """[N, 3, 160, 64] in 0…255 to [N, dimension], mirror images averaged."""
        vectors = torch.cat([embeddings(network, pictures, are_mirrored=True) for network in self.networks], 1)
        return F.normalize(F.normalize(vectors) @ self.axes)
