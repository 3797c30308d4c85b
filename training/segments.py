"""Batches of mixtures. Segments of voices and noises are made by a process of its own and kept; every step pairs them anew, since a pair
costs nothing and a segment costs much."""
import multiprocessing
import queue

import numpy as np
import torch
from scipy.signal import butter, sosfilt

from mixtures import Corpus
from model import RATE
from synthesis import decibels

SECONDS = 3
LOWPASS = butter(8, 7900, fs=RATE, output='sos')


def make(results, audio, extra, seed):
    corpus = Corpus(audio, extra, seed)
    while True:
        for kind in ('voice', 'noise', 'noise'):
            samples, narrow = corpus.segment(kind, SECONDS * RATE)
            peak = np.abs(samples).max() + 1e-9
            results.put((kind, (samples / peak * 32700).astype(np.int16), narrow))


class Segments:
    def __init__(self, audio, extra, seed, most=4000):
        self.rng = np.random.default_rng(seed)
        self.most = most
        self.kept = {'voice': [], 'noise': []}
        self.results = multiprocessing.Queue(64)
        self.maker = multiprocessing.Process(target=make, args=(self.results, audio, extra, seed), daemon=True)
        self.maker.start()

    def refresh(self):
        """Takes in what is ready; waits only as long as there is too little to begin with."""
        while not self.results.empty() or len(self.kept['noise']) < 64:
            if not self.maker.is_alive():
                raise SystemExit('The process that makes segments has ended.')
            try:
                kind, samples, narrow = self.results.get(timeout=10)
            except queue.Empty:
                continue
            kept = self.kept[kind]
            if len(kept) < self.most:
                kept.append((samples, narrow))
            else:
                kept[self.rng.integers(self.most)] = (samples, narrow)

    def pick(self, kind, length):
        samples, narrow = self.kept[kind][self.rng.integers(len(self.kept[kind]))]
        start = self.rng.integers(0, len(samples) - length + 1)
        return samples[start : start + length].astype(np.float32), narrow

    def batch(self, size, seconds):
        """voice and noise, batch x samples each: -8 to 20 dB, some with one of the two alone."""
        self.refresh()
        rng, length = self.rng, int(seconds * RATE)
        voices, noises = np.zeros((2, size, length), np.float32)
        for i in range(size):
            voice, narrow = self.pick('voice', length)
            noise, _ = self.pick('noise', length)
            if rng.random() < 0.15:
                other, _ = self.pick('noise', length)
                noise = noise / (noise.std() + 1) + other / (other.std() + 1) * decibels(-15, 0, rng)
            level = 0.05 * decibels(-20, 8, rng)
            # Pauses do not count as the level of a voice.
            spoken = voice[np.abs(voice) > 0.02 * np.abs(voice).max()]
            voice *= 1.3 * level / (np.sqrt(np.mean(spoken**2)) if len(spoken) else 1)
            noise *= level / (noise.std() + 1e-6) / decibels(-8, 20, rng)
            # Band-limited recordings are all that some users have: what is above the voice's band is noise to them.
            if narrow and rng.random() < 0.6:
                noise = sosfilt(LOWPASS, noise)
            kind = rng.random()
            voices[i] = 0 if kind < 0.03 else voice
            noises[i] = noise * (1e-3 if 0.03 <= kind < 0.06 else 1)
        return torch.from_numpy(voices), torch.from_numpy(noises)
