#!/usr/bin/env python3
"""Trains the updates of a dictionary for its task: a few multiplicative updates per frame, unfolded and learned end to end.

    python3 training/train_unfolded.py --audio RECORDINGS --extra MORE EVEN_MORE --plain dictionaries/voice-noise.safetensors --minutes 65
    python3 training/train_unfolded.py --task karaoke --audio RECORDINGS --extra MORE --plain ATOMS_OF_TRAIN_KARAOKE --atoms 256 --minutes 13

Needs g++, and Debian's sox, python3-torch, python3-numpy, python3-scipy and python3-soundfile; for karaoke also praat, fluidsynth,
fluid-soundfont-gm and python3-mido. It reads recordings only from `train/` and only those whose licence lets them train a shipped
dictionary, and further ones that --extra lists. What the tasks differ in is in task.py. The recordings are in recordings.py and songs.py,
how they become segments in mixtures.py and songs.py, segments in bands in pool.py, pairs of them in pairs.py; what is made of speech and
by rule for karaoke, in singing.py and backings.py. The model is in model.py, its start in start.py, what is made small in loss.py; atoms
that die on the way are replaced by splitting.py. The steps themselves are native: unfolded.cpp, built by native.py, and held against the
model by check_native.py. The file is written by export.py, for denoising with the examples of examples.py.
"""
import argparse
import copy
import json
import os
import signal
import sys
import time

import numpy as np
import torch

from examples import examples
from export import read_parameters, write_dictionary
from mixtures import Corpus, held_out
from model import HOP, RATE, WINDOW, UnfoldedNMF, spectrum
from native import GRAIN, NativeStep
from pairs import Pairs
from pool import CHUNK, KINDS, Pool
from recordings import Recordings
from splitting import importance, split
from start import start_from_drawings
from task import NAME, TASK, arguments as task_arguments

# Neighbouring frames share three quarters of their samples: every other one is judged.
STRIDE = 2
WARM_UP = 40
# The mean of the last steps generalizes better than the last step.
KEPT = 0.997
HELD_OUT = 40
HELD_OUT_ARE = {'denoise': 'Speech and noises', 'karaoke': 'Speech and music'}
FIXED_BATCHES = 6
# Atoms are split during so much of the training; then all have time to settle.
SPLITTING = 0.6
# A model that has learned already would forget at the rate of one that has not.
RATE_OF_DRAWN, RATE_OF_LEARNED = 2e-2, 1.2e-2
# Where recordings and results lie, and on how many cores, says nothing of how they were made.
LEFT_UNSAID = ('audio', 'extra', 'checkpoint', 'out', 'pool', 'threads', 'workers', 'report')


def si_sdr(estimate, target):
    scale = (estimate * target).sum() / (target**2).sum()
    return 10 * np.log10((scale * target**2 * scale).sum() / ((estimate - scale * target) ** 2).sum())


def resynthesize(spectra, length, window):
    """Overlap-add with the tail of the frame only, as the engine does."""
    tail = TASK.tail
    product = np.hanning(tail + 1)[:tail]
    synthesis = product / np.maximum(window[-tail:], 1e-9)
    frames = np.fft.irfft(spectra, WINDOW)[:, -tail:] * synthesis
    out, sums = np.zeros((2, length))
    for t, frame in enumerate(frames):
        end = t * HOP + WINDOW
        out[end - tail : end] += frame
        sums[end - tail : end] += product
    return out / np.maximum(sums, 0.1)


def evaluate(model, mixtures):
    """Mean gain in SI-SDR on mixtures of voices and noises that are kept out of training."""
    longest = max(len(noisy) for noisy, _ in mixtures)
    # All at once; silence after the end of the shorter ones changes nothing of them.
    padded = np.stack([np.pad(noisy, (0, longest - len(noisy))) for noisy, _ in mixtures]).astype(np.float32)
    spectra = spectrum(torch.from_numpy(padded), model.window)
    with torch.no_grad():
        estimates = (model(spectra.abs()) * spectra).numpy()
    gains = []
    for (noisy, clean), frames in zip(mixtures, estimates):
        estimate = resynthesize(frames, longest, model.window.numpy())
        settled = slice(RATE // 2, (len(noisy) - WINDOW) // HOP * HOP)
        gains.append(si_sdr(estimate[settled], clean[settled]) - si_sdr(noisy[settled], clean[settled]))
    return float(np.mean(gains))


def read_options():
    cores = os.cpu_count() or 1
    arguments = argparse.ArgumentParser(parents=[task_arguments], allow_abbrev=False)
    arguments.add_argument('--audio', required=True, help='folder of recordings, with a manifest.json')
    arguments.add_argument('--extra', nargs='+', default=[], help='folders or manifests of further voices, noises and music')
    arguments.add_argument('--atoms', type=int, default=208, help=f'a multiple of {GRAIN}')
    arguments.add_argument('--updates', type=int, default=3)
    arguments.add_argument('--transition', action=argparse.BooleanOptionalAction, default=True, help='whether atoms hand over to others')
    arguments.add_argument('--segments', type=int, default=14000, help='of voices; of noises a quarter more')
    arguments.add_argument('--pool', help='folder to make the segments in, or to take them from; else a temporary one')
    arguments.add_argument('--workers', type=int, default=cores, help='processes that make segments')
    arguments.add_argument('--minutes', type=float, default=65, help='of training, once the segments are made')
    arguments.add_argument('--batch', type=int, default=32)
    arguments.add_argument('--parts', type=int, default=2, help='segments of 3 s that follow each other in a mixture')
    arguments.add_argument('--rate', type=float, help=f'of learning; {RATE_OF_DRAWN}, with --start {RATE_OF_LEARNED}')
    arguments.add_argument('--split', type=float, default=4, help='minutes between searches for dead atoms; 0: never')
    arguments.add_argument('--threads', type=int, default=cores)
    arguments.add_argument('--seed', type=int, default=0)
    arguments.add_argument('--report', type=float, default=240, help='seconds between reports and checkpoints')
    arguments.add_argument('--checkpoint', default=f'.cache/{NAME}.pt')
    arguments.add_argument('--plain', help='dictionary file whose atoms the new one takes as its own')
    arguments.add_argument('--start', help='dictionary file to start from; atoms that it lacks start as drawn')
    arguments.add_argument('--out', default=f'.cache/{NAME}.safetensors')
    options = arguments.parse_args()
    if options.atoms < GRAIN or options.atoms % GRAIN:
        arguments.error(f'--atoms is {options.atoms}; it must be a multiple of {GRAIN}.')
    if options.rate is None:
        options.rate = RATE_OF_LEARNED if options.start else RATE_OF_DRAWN
    for name in ('updates', 'segments', 'workers', 'minutes', 'batch', 'parts', 'rate', 'threads'):
        if not getattr(options, name) > 0:
            arguments.error(f'--{name} is {getattr(options, name)}; it must be above 0.')
    if not options.split >= 0:
        arguments.error(f'--split is {options.split}; it must be 0 or above.')
    return options


def command(options):
    """The command line, without what says nothing of the result."""
    said = []
    for name, value in vars(options).items():
        if isinstance(value, bool):
            said.append(f"--{'' if value else 'no-'}{name}")
        elif value not in (None, []) and name not in LEFT_UNSAID:
            said.append(f'--{name} {value}')
    return 'python3 training/train_unfolded.py ' + ' '.join(said)


class Training:
    """averaged: the model as the mean of its last steps."""

    def __init__(self, model, pool, options):
        self.model, self.options = model, options
        self.averaged = copy.deepcopy(model)
        self.pairs, self.rng = Pairs(pool, options.seed), np.random.default_rng(options.seed)
        fixed = Pairs(pool, 999)
        self.fixed = [fixed.batch(options.batch, options.parts) for _ in range(FIXED_BATCHES)]
        self.native = NativeStep(model, options.threads)
        self.native_averaged = NativeStep(self.averaged, options.threads)
        self.adam = torch.optim.Adam(model.parameters(), lr=options.rate, betas=(0.9, 0.98))
        # averaged_since: the step at which the mean began.
        self.steps = self.refused = self.averaged_since = 0

    def batch(self):
        return self.pairs.batch(self.options.batch, self.options.parts)

    def step(self, done):
        """done: how much of the time has passed, 0 to 1."""
        for group in self.adam.param_groups:
            cosine = 0.5 * (1 + np.cos(np.pi * done)) + 0.005
            group['lr'] = self.options.rate * min(1, (self.steps + 1) / WARM_UP) * cosine
        self.adam.zero_grad()
        self.native(self.batch(), STRIDE)
        size = torch.nn.utils.clip_grad_norm_(self.model.parameters(), 1.0)
        if not torch.isfinite(size):
            self.refused += 1
            if self.refused > 20:
                raise SystemExit(f'The gradients are not finite any more; a lower --rate than {self.options.rate} may help.')
            return
        self.refused = 0
        self.adam.step()
        averaged = self.steps - self.averaged_since
        keep = min(KEPT, averaged / (averaged + 10))
        with torch.no_grad():
            for mean, value in zip(self.averaged.parameters(), self.model.parameters()):
                mean.lerp_(value, 1 - keep)
        self.steps += 1

    def split(self):
        """Replaces dead atoms; the mean then begins anew, as it has none of the new ones."""
        halves = split(self.model, self.adam, importance(self.native, self.batch(), STRIDE), self.rng)
        if halves:
            self.averaged.load_state_dict(self.model.state_dict())
            self.averaged_since = self.steps
        return len(halves)

    def fixed_losses(self):
        """Of the averaged model, on pairs that stay the same."""
        return np.mean([self.native_averaged(batch, STRIDE, backward=False) for batch in self.fixed], axis=0)


def material(options):
    """Recordings, what makes segments of them (see pool.Pool), and what goes into the dictionary as it is."""
    if NAME == 'denoise':
        recordings = Recordings(options.audio, options.extra)
        further = examples(options.audio, options.seed)
        return recordings, lambda rng: [Corpus(recordings, rng), Corpus(recordings, rng, plainly=True)], further
    # It needs more than what denoising needs.
    from songs import CUES, SongCorpus, Songs

    recordings = Songs(options.audio, options.extra, options.workers)
    return recordings, lambda rng: [SongCorpus(recordings, rng)], {'cues': CUES}


def main():
    options = read_options()
    # Ends as by Ctrl-C, so that the temporary pool goes, too.
    signal.signal(signal.SIGTERM, lambda *_: sys.exit(143))
    torch.manual_seed(options.seed)
    # Before any process is forked: PyTorch's own threads would not live on in it.
    torch.set_num_threads(1)
    recordings, corpora, further = material(options)
    attribution, mixtures = recordings.attribution(), list(held_out(recordings, HELD_OUT))
    voices, sung, noises = (len(of) for of in (recordings.voices, recordings.singing, recordings.noises))
    print(f'{voices} voice, {sung} singing, {noises} noise and {len(recordings.music)} music recordings', flush=True)
    counts = dict(zip(KINDS, (-(-options.segments // CHUNK), -(-options.segments * 5 // (4 * CHUNK)))))
    pool = Pool(recordings, corpora, options.seed, counts, options.workers, options.pool)
    del corpora, recordings
    model = UnfoldedNMF(options.atoms, options.updates, options.transition)
    start_from_drawings(model, options.seed)
    if options.start:
        read_parameters(options.start, model)
    training = Training(model, pool, options)

    def report():
        compressed, decibels = training.fixed_losses()
        gain = evaluate(training.averaged, mixtures)
        passed = time.time() - began
        print(f'step {training.steps}  loss {compressed:.5f} {decibels:.2f} dB  held out {gain:+.2f} dB  {passed:.0f} s', flush=True)
        os.makedirs(os.path.dirname(options.checkpoint) or '.', exist_ok=True)
        torch.save(training.averaged.state_dict(), options.checkpoint)
        return gain

    began, reported = time.time(), 0
    # A model that is read may bring dead atoms; one that is drawn has none yet.
    splits = 60 * options.split if not options.start else 0
    while (passed := time.time() - began) < 60 * options.minutes:
        done = passed / (60 * options.minutes)
        if options.split and passed >= splits and done < SPLITTING:
            splits = passed + 60 * options.split
            print(f'step {training.steps}  {training.split()} atoms were dead and are replaced', flush=True)
        training.step(done)
        if passed > reported + options.report:
            reported = passed
            report()
    gain = report()
    card = {
        'data': attribution,
        'scores': f'{HELD_OUT_ARE[NAME]} that were kept out of training (-5 to 15 dB): SI-SDR {gain:+.1f} dB.',
        'command': command(options),
    }
    write_dictionary(options.out, training.averaged, card, options.plain, TASK.softness, further)
    print(json.dumps(card))


if __name__ == '__main__':
    main()
