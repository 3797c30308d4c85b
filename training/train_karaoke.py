#!/usr/bin/env python3
"""Makes a dictionary of vocals and accompaniment: the plain atoms of the one that is shipped, which train_unfolded.py gives updates.

    python3 training/train_karaoke.py --audio RECORDINGS --extra MORE

Needs Debian's python3-torch, python3-numpy, python3-scipy, python3-soundfile and sox. Atoms are learned of singing, of speech turned towards
singing, of the backings of songs and of other music; then reconstruction atoms on mixtures of them. The recordings are in
karaoke_recordings.py, the learning in karaoke_model.py, the file in export.py.
"""
import argparse
import json

import numpy as np
import torch

from export import write_tensors
from karaoke_model import BINS, HOP, WINDOW, best_gains, factorize, frames_of, refine, spectra
from karaoke_recordings import RATE, SECONDS, Recordings, unit
from synthesis import decibels

# Of each kind: pieces, the most frames of them, atoms.
SINGING, SPEECH, BACKINGS, MUSIC = (240, 2500, 48), (260, 3000, 64), (160, 2500, 64), (420, 3500, 64)
ITERATIONS = 50
MIXTURES, STEPS = 230, 260
# What the place in the stereo image adds (src/dictionary/cues.ts): for stereo, then for mono sound, the factor of the log odds that the atoms
# give, that of the log odds that the place gives, and what is added; each at 300, 1500 and 6000 Hz. Set by
# hand, where they did best over the songs at hand for tuning.
CUES = [
    [[0.8, 0.8, 0.65], [1.2, 1.6, 1.2], [2.4, 2.4, 2.0]],
    [[0.3, 0.3, 0.2], [0.0, 0.0, 0.0], [-0.2, -0.7, -0.6]],
]


def mixtures_of(voices, backings, count, rng):
    """Magnitudes and the best gains for the backing, mixtures x frames x bins. voices, backings: two lists of pieces each, and how often the
    first is taken."""
    (singing, speech, often_sung), (songs, music, often_song) = voices, backings
    pick = lambda first, second, often: (lambda pieces: pieces[rng.integers(len(pieces))])(first if rng.random() < often else second)
    length, magnitudes, gains = RATE + WINDOW, [], []
    for _ in range(count):
        voice, backing = pick(singing, speech, often_sung), pick(songs, music, often_song)
        if rng.random() < 0.5:
            backing = unit(backing + music[rng.integers(len(music))] * decibels(-10, 2, rng))
        start = rng.integers(0, SECONDS * RATE - length)
        part = slice(start, start + length)
        backing_spectra = spectra(unit(backing[part]))
        mixture = backing_spectra + spectra(unit(voice[part]) * decibels(-12, 3, rng))
        magnitudes.append(np.abs(mixture))
        gains.append(best_gains(backing_spectra, mixture))
    return torch.from_numpy(np.stack(magnitudes)), torch.from_numpy(np.stack(gains))


def main():
    arguments = argparse.ArgumentParser()
    arguments.add_argument('--audio', required=True, help='folder of recordings, with a manifest.json')
    arguments.add_argument('--extra', help='folder of further music, with a manifest.json')
    arguments.add_argument('--share', type=float, default=1, help='of recordings, pieces, frames, mixtures and steps: less to try it out')
    arguments.add_argument('--threads', type=int, default=1)
    arguments.add_argument('--seed', type=int, default=5)
    arguments.add_argument('--out', default='.cache/karaoke-atoms.safetensors')
    options = arguments.parse_args()
    if not 0 < options.share <= 1:
        arguments.error(f'--share is {options.share}; it must be above 0 and at most 1.')

    torch.set_num_threads(options.threads)
    rng, generator = np.random.default_rng(options.seed), torch.Generator().manual_seed(options.seed)
    few = lambda count: max(8, round(count * options.share))
    recordings = Recordings(options.audio, options.extra, rng, options.share)
    print(f'{len(recordings.speech)} spoken, {len(recordings.singing)} sung, {len(recordings.music)} played', flush=True)
    as_long = lambda length: length
    # Long pieces are much alike within.
    evener = lambda length: min(length, 60 * RATE) ** 0.5
    evenly = lambda length: 1
    singing = list(recordings.pieces(recordings.singing, few(SINGING[0]), as_long))
    speech = list(recordings.speech_pieces(few(SPEECH[0])))
    songs = list(recordings.pieces(recordings.backings, few(BACKINGS[0]), evenly))
    music = list(recordings.pieces(recordings.music, few(MUSIC[0]), evener))
    kinds = zip((singing, speech, songs, music), (SINGING, SPEECH, BACKINGS, MUSIC))
    atoms = torch.cat(
        [
            factorize(frames_of(pieces, few(most), rng), count, few(ITERATIONS), options.seed + i)
            for i, (pieces, (_, most, count)) in enumerate(kinds)
        ]
    )
    voices = SINGING[2] + SPEECH[2]
    print(f'{len(atoms)} atoms, {voices} of them of voices', flush=True)
    mixtures = mixtures_of((singing, speech, 0.5), (songs, music, 0.4), few(MIXTURES), rng)
    reconstruction, before, after = refine(atoms, voices, mixtures, few(STEPS), generator)

    card = {
        'description': 'Singing, speech turned towards singing, and music, for karaoke; refined on mixtures. Knows the place of the voice in the '
        'stereo image with it',
        'data': recordings.attribution(),
        'licence': 'CC BY 4.0; it holds averaged spectra of recordings under CC0, CC BY and BSD-like licences, no recording can be heard from it',
        'scores': f'Squared error of the masks on mixtures that were kept out: {after:.4f}, before they were refined {before:.4f}',
        'command': 'python3 training/train_karaoke.py' + (f' --share {options.share}' if options.share < 1 else ''),
    }
    sources = [
        {'label': 'vocals', 'from': 0, 'to': voices},
        {'label': 'accompaniment', 'from': voices, 'to': len(atoms)},
    ]
    metadata = {
        'format': 'sotto-dictionary',
        'version': '1',
        'name': 'vocals-accompaniment',
        'sampleRate': str(RATE),
        'fftSize': str(WINDOW),
        'windowLength': str(WINDOW),
        'hop': str(HOP),
        'window': 'sqrt-hann',
        'exponent': '1',
        'divergence': 'kullback-leibler',
        'sources': json.dumps(sources),
        **{f'card.{key}': text for key, text in card.items()},
    }
    assert atoms.shape[1] == BINS
    tensors = {'atoms': atoms.numpy(), 'reconstruction': reconstruction.numpy(), 'cues': np.array(CUES, np.float32)}
    write_tensors(options.out, tensors, metadata)
    print(json.dumps(card))


if __name__ == '__main__':
    main()
