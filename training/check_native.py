#!/usr/bin/env python3
"""Holds the native training step against PyTorch: python3 training/check_native.py [--task karaoke]

Random segments, with and without transitions, one part and several, one thread and three. Ends with 1 where a loss, a gradient or the
activations differ by more than 1e-4 of their size.
"""
import sys

import numpy as np
import torch

from loss import ERROR, loss_of
from model import BANDS, EPSILON, MOST_CARRIED, UnfoldedNMF
from native import NativeStep
from pairs import Pairs
from pool import CHUNK, FRAMES
from start import start_from_drawings

MOST = 1e-4
ROWS, DRAWN, STRIDE = 15, 60, 2


class RandomPool:
    """Segments whose power swings from frame to frame and falls with frequency."""

    def __init__(self, rng):
        self.chunks = {kind: [self.chunk(rng)] for kind in ('voice', 'noise')}

    def chunk(self, rng):
        shape = (CHUNK // 8, FRAMES, BANDS, 1)
        size = 10 ** (rng.uniform(-2, 1, shape[:2] + (1, 1)) + rng.uniform(-1, 0.5, shape[:1] + (1, BANDS, 1)))
        bands = (size * rng.standard_normal(shape[:3] + (2,))).astype(np.float16)
        levels = (bands.astype(np.float32) ** 2).sum((2, 3)) / 1e3
        return bands, np.concatenate([levels, rng.random((len(levels), 1)) < 0.5], 1).astype(np.float32)


def mixtures(batch, pool, scale):
    """(power, voice power, power of both) of a batch, frames x rows x bands, as mixing.h makes them."""
    rows, parts = batch.voice.shape
    frames = batch.frames // parts

    def segments(kind, addresses, gains):
        bands = pool.chunks[kind][0][0]
        flat = bands.reshape(-1, 2)
        stretches = np.zeros((rows, parts, frames, BANDS, 2), np.float32)
        for place, at in np.ndenumerate(addresses):
            if at:
                start, rest = divmod(int(at) - bands.ctypes.data, flat.strides[0])
                assert not rest and 0 <= start <= len(flat) - frames * BANDS, 'a segment is read past its chunk'
                stretches[place] = flat[start : start + frames * BANDS].reshape(frames, BANDS, 2)
        scaled = stretches * gains[:, :, None, :, None]
        return torch.from_numpy(scaled.reshape(rows, batch.frames, BANDS, 2)).transpose(0, 1)

    voice = segments('voice', batch.voice, batch.voice_gain)
    noise, other = segments('noise', batch.noise, batch.noise_gain), segments('noise', batch.other, batch.other_gain)
    power = lambda z: (z**2).sum(-1)
    noises = (power(noise) + power(other) + 2 * scale * (noise * other).sum(-1)).clamp(min=0)
    shared = scale * (voice * (noise + other)).sum(-1)
    whole = torch.maximum(power(voice) + noises + 2 * shared, 1e-3 * (power(voice) + noises)) + 1e-12
    return whole, power(voice), power(voice) + shared


def drawn_model(atoms, transition, seed):
    """As the training starts, with transitions that do something: some atoms would give on more than they may."""
    torch.manual_seed(seed)
    model = UnfoldedNMF(atoms, 3, transition)
    start_from_drawings(model, seed)
    if transition:
        with torch.no_grad():
            model.transition += 4
            model.transition[::9] += 3
    return model


def most_carried(model):
    tensors = model.tensors()
    return (tensors['decay'] + tensors['transition'].sum(1)).max().item()


def relative(given, right):
    return ((given - right).norm() / right.norm()).item()


def differences(transition, parts, threads, seed):
    """Relative ones: (name, difference) of the losses, of the mean activations and of the gradient by each parameter."""
    model = drawn_model(48, transition, seed)
    step = NativeStep(model, threads)
    pool = RandomPool(np.random.default_rng(seed))
    batch = Pairs(pool, seed).batch(ROWS, parts, DRAWN // parts)
    mixed = mixtures(batch, pool, torch.from_numpy(step.bands['cross_scale']))
    masks = model.band_masks(mixed[0], STRIDE)
    judged = [values[::STRIDE] for values in mixed]
    losses = loss_of(masks, judged, *(torch.from_numpy(step.bands[name]) for name in ('importance', 'bins_of_band')))
    (losses[0] + ERROR * losses[1]).backward()
    wanted = {name: parameter.grad.clone() for name, parameter in model.named_parameters()}
    model.zero_grad()
    activity = torch.zeros(48)
    found = step(batch, STRIDE, activity=activity)
    for name, right, given in zip(('compressed', 'decibels'), losses, found):
        yield name, abs(right.item() - given) / abs(right.item())
    with torch.no_grad():
        h, _, epsilon = model.activations(mixed[0], model.tensors())
    yield 'activity', relative(activity, (h / epsilon).mean((0, 1)))
    for name, parameter in model.named_parameters():
        yield name, relative(parameter.grad, wanted[name])


def stray(pool):
    """How many of many whole segments, some of them shifted, would be read past their chunk."""
    batch, count = Pairs(pool, 0).batch(1000, 2), 0
    for kind, addresses in (('voice', batch.voice), ('noise', batch.noise), ('noise', batch.other)):
        bands = pool.chunks[kind][0][0]
        first = addresses[addresses > 0].astype(np.int64) - bands.ctypes.data
        count += ((first < 0) | (first + bands.strides[0] > bands.nbytes)).sum()
    return int(count)


def main():
    torch.set_num_threads(1)
    worst = 0
    for transition, parts, threads in ((True, 2, 1), (False, 1, 3), (True, 3, 3)):
        print(f'{"with" if transition else "without"} transitions, parts: {parts}, threads: {threads}')
        for name, difference in differences(transition, parts, threads, 1):
            print(f'  {name:12} {difference:.1e}')
            # Not a number is no agreement.
            worst = max(worst, difference if difference == difference else 1)
    carried = most_carried(drawn_model(48, True, 1))
    print(f'most that an atom gives on: {carried:.7f}; it must be at most {MOST_CARRIED}, but for rounding')
    count = stray(RandomPool(np.random.default_rng(1)))
    print(f'segments read past their chunk: {count}; there must be none')
    print('the same' if worst <= MOST else f'they differ by {worst:.1e}; at most {MOST:.0e} is rounding')
    return worst > MOST or carried > MOST_CARRIED + 1e-6 or count > 0


if __name__ == '__main__':
    sys.exit(main())
