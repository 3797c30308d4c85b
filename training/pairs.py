"""Batches of mixtures, as places in the pool and gains."""
from dataclasses import dataclass

import numpy as np

from model import BANDS, BINS, RATE, TO_BINS, WINDOW
from pool import FRAMES
from synthesis import decibels
from task import TASK

_CENTRES = (TO_BINS.numpy() * np.arange(BINS)).sum(1) / TO_BINS.numpy().sum(1) * RATE / WINDOW
# Even in log frequency, as ears and rooms are.
_PLACES = np.log2(1 + _CENTRES / 375) / np.log2(65)
_HIGH = _CENTRES > 7900
# Of one band: real and imaginary part in half precision.
_BYTES = 4
MOST_SHIFT = 7
# What bands are lowered by that are not to be there.
LOWERED = 0.003
# Of the mixtures: how many end below some frequency, voice and noise alike.
LIMITED = 0.35


@dataclass
class Batch:
    """Segments: addresses of frames of one part x BANDS x (real, imaginary) in half precision, 0 for none; rows x parts. Gains: rows x
    parts x BANDS. frames: of all parts."""

    frames: int
    voice: np.ndarray
    noise: np.ndarray
    other: np.ndarray
    voice_gain: np.ndarray
    noise_gain: np.ndarray
    other_gain: np.ndarray


@dataclass
class Stretch:
    """Of a segment. power: per frame. narrow: whether it ends at 8 kHz. before, after: bands of its chunk that lie around it in memory."""

    address: int
    power: np.ndarray
    narrow: bool
    before: int
    after: int


class Pairs:
    """Pairs the segments of a pool at random, at the levels of the task, some with one of the two alone. It keeps the pool."""

    def __init__(self, pool, seed):
        self.pool, self.rng = pool, np.random.default_rng(seed)

    def pick(self, kind, frames):
        """A random stretch of a segment."""
        rng, chunks = self.rng, self.pool.chunks[kind]
        while True:
            bands, levels = chunks[rng.integers(len(chunks))]
            i, start = int(rng.integers(len(bands))), int(rng.integers(0, FRAMES - frames + 1))
            power = levels[i, start : start + frames]
            if power.mean() > 1e-5:
                place = i * bands.strides[0] + start * bands.strides[1]
                before, after = place // _BYTES, (bands.nbytes - place) // _BYTES - frames * BANDS
                return Stretch(bands.ctypes.data + place, power, levels[i, -1] > 0, before, after)

    def curve(self, strength):
        """Gains per band of up to +-strength dB, as rooms and microphones have them."""
        rng = self.rng
        points = rng.integers(2, 7)
        places = np.concatenate([[0], np.sort(rng.random(points))])
        return 10 ** (np.interp(_PLACES, places, rng.uniform(-strength, strength, points + 1)) / 20)

    def voice(self, frames, level):
        """Address, gain, and whether it ends at 8 kHz."""
        stretch = self.pick('voice', frames)
        power = stretch.power
        # Pauses do not count as the level of a voice.
        spoken = np.sqrt(power[power > 1e-3 * power.max()].mean())
        return stretch.address, 1.3 * level / (spoken + 1e-4), stretch.narrow

    def noises(self, frames, level):
        """One noise or two at once: addresses, 0 for none, and gains per band."""
        rng = self.rng
        addresses, gains = [0, 0], np.zeros((2, BANDS))
        shares = (1, decibels(-15, 0, rng)) if rng.random() < TASK.doubled else (1,)
        for i, share in enumerate(shares):
            stretch = self.pick('noise', frames)
            addresses[i] = stretch.address
            gains[i] = level * share / np.linalg.norm(shares) / (np.sqrt(stretch.power.mean()) + 1e-4)
            if rng.random() < 0.6:
                gains[i] *= self.curve(10)
            if rng.random() < 0.35:
                addresses[i] += self.shift(stretch, gains[i])
        return addresses, gains

    def shift(self, stretch, gains):
        """Bytes by which all bands of a noise move up or down: a noise that no one recorded, for nothing. The bands at the edge are then
        those of a neighbouring frame, and lowered; where there is none in the chunk, nothing moves past it."""
        bands = int(np.clip(self.rng.integers(-MOST_SHIFT, MOST_SHIFT + 1), -stretch.before, stretch.after))
        if bands > 0:
            gains[-bands:] *= LOWERED
        elif bands < 0:
            gains[:-bands] *= LOWERED
        return bands * _BYTES

    def limit(self):
        """Hz: where telephones, headsets and files of lower rates end."""
        return (7900, 4000, 3400, self.rng.uniform(5000, 20000))[self.rng.choice(4, p=(0.45, 0.15, 0.1, 0.3))]

    def batch(self, rows, parts, frames=FRAMES):
        """Mixtures of so many parts in a row, each of so many frames: in each part another voice, and the noise of the last part or
        another one."""
        rng = self.rng
        addresses, gains = np.zeros((3, rows, parts), np.uint64), np.zeros((3, rows, parts, BANDS), np.float32)
        for i in range(rows):
            level = 0.05 * decibels(-20, 8, rng)
            loudness = level / decibels(*TASK.levels, rng)
            for part in range(parts):
                change = decibels(-5, 3, rng) if part else 1
                addresses[0, i, part], gains[0, i, part], narrow = self.voice(frames, level * change)
                if part and rng.random() < 0.6:
                    addresses[1:, i, part], gains[1:, i, part] = addresses[1:, i, part - 1], gains[1:, i, part - 1]
                    continue
                change = decibels(-8, 8, rng) if part else 1
                addresses[1:, i, part], gains[1:, i, part] = self.noises(frames, loudness * change)
                # Band-limited recordings are all that some users have: what is above the voice's band is noise to them.
                if narrow and rng.random() < 0.6:
                    gains[1:, i, part, _HIGH] *= LOWERED
            alone = rng.random()
            if alone < TASK.voiceless:
                gains[0, i] *= 1e-4
            elif alone < TASK.voiceless + TASK.noiseless:
                gains[1:, i] *= 1e-3
            if rng.random() < 0.5:
                gains[0, i] *= self.curve(6)
            if rng.random() < LIMITED:
                gains[:, i][..., _CENTRES > self.limit()] *= 10 ** rng.uniform(-6, -1.5)
        return Batch(parts * frames, *addresses, *gains)
