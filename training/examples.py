"""Speech and noises in bands that a dictionary keeps, so that Sotto can tune its updates to a voice or a noise that is known
(src/dictionary/examples.ts).

    python3 training/examples.py DICTIONARY --audio RECORDINGS

gives them to a dictionary that was trained without, or with others. The voices must be clean: noise behind them would be learned as voice.
"""
import argparse

import numpy as np

from export import read_tensors, write_dictionary_tensors
from mixtures import Corpus
from pool import LENGTH, in_bands
from recordings import Recordings
from task import arguments as task_arguments

# Noises are only there so that others than the known one are not forgotten.
COUNTS = {'voice': 64, 'noise': 16}
# Examples are stretches of recordings, and go to everyone. These sources allow to train on them, but not, or not clearly, to hand them on.
NOT_HANDED_ON = ('TSP Speech', 'moodist', 'noisekun')
# Of the levels: how many, and dB from one to the next.
LEVELS, STEP = 16, 3


def packed(segment):
    """frames x bands x (real, imaginary) -> every other frame x bands / 2: two levels below the loudest band in a byte."""
    power = (segment.astype(np.float32) ** 2).sum(-1)
    decibels = 10 * np.log10(power + 1e-9)
    levels = np.clip(np.round((decibels.max() - decibels) / STEP), 0, LEVELS - 1).astype(np.uint8)[::2]
    return levels[:, 0::2] * LEVELS + levels[:, 1::2]


def examples(audio, seed):
    """Tensors by name. The same for the same recordings and seed."""
    corpus = Corpus(Recordings(audio, without=NOT_HANDED_ON), np.random.default_rng(seed), plainly=True)
    tensors = {}
    for kind, count in COUNTS.items():
        segments = (corpus.segment(kind, LENGTH)[0] for _ in range(count))
        packs = [packed(in_bands(samples / (np.sqrt((samples**2).mean()) + 1e-7))[0]) for samples in segments]
        tensors[f'examples.{kind}'] = np.stack(packs)
    return tensors


def main():
    options = argparse.ArgumentParser(parents=[task_arguments], allow_abbrev=False)
    options.add_argument('--audio', required=True, help='folder of recordings, with a manifest.json')
    options.add_argument('--seed', type=int, default=0)
    options.add_argument('dictionary', help='file, written anew')
    given = options.parse_args()
    tensors, metadata = read_tensors(given.dictionary)
    tensors.update(examples(given.audio, given.seed))
    write_dictionary_tensors(given.dictionary, tensors, metadata)


if __name__ == '__main__':
    main()
