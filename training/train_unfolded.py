#!/usr/bin/env python3
"""Trains the dictionary of the denoiser for its task: a few multiplicative updates per frame, unfolded and learned end to end.

    python3 training/train_unfolded.py --audio RECORDINGS --extra MORE --plain dictionaries/voice-noise.safetensors --minutes 100

Needs Debian's python3-torch, python3-numpy, python3-scipy and python3-soundfile. It reads recordings only from `train/` and only those
whose licence lets them train a shipped dictionary, and further noises from the folder of --extra. The model is in model.py, the
recordings in mixtures.py, the batches in segments.py, what is made small in loss.py, the file in export.py.
"""
import argparse
import copy
import json
import os
import time

import numpy as np
import torch

from export import read_parameters, write_dictionary
from loss import loss_of
from mixtures import Corpus
from model import HOP, RATE, WINDOW, UnfoldedNMF, spectrum
from segments import Segments


# The mask with the least error is harder than the one that keeps words whole.
SOFTNESS = 0.7
# Where recordings and results lie says nothing of how they were made.
FOLDERS = ('audio', 'extra', 'checkpoint', 'out')


def si_sdr(estimate, target):
    scale = (estimate * target).sum() / (target**2).sum()
    return 10 * np.log10((scale * target**2 * scale).sum() / ((estimate - scale * target) ** 2).sum())


def resynthesize(spectra, length, window):
    """Overlap-add with the tail of the frame only, as the engine does."""
    tail = 2 * HOP
    product = np.hanning(tail + 1)[:tail]
    synthesis = product / np.maximum(window[-tail:], 1e-9)
    frames = np.fft.irfft(spectra, WINDOW)[:, -tail:] * synthesis
    out = np.zeros(length)
    for t, frame in enumerate(frames):
        end = t * HOP + WINDOW
        out[end - tail : end] += frame
    return out


def evaluate(model, corpus, count=40):
    """Mean gain in SI-SDR on mixtures of voices and noises that are kept out of training."""
    window = model.window.numpy()
    gains = []
    for noisy, clean in corpus.held_out(count):
        spectra = spectrum(torch.tensor(noisy)[None], model.window)
        with torch.no_grad():
            mask = model(spectra.abs())
        estimate = resynthesize((mask * spectra)[0].numpy(), len(noisy), window)
        settled = slice(RATE // 2, (len(noisy) - WINDOW) // HOP * HOP)
        gains.append(si_sdr(estimate[settled], clean[settled]) - si_sdr(noisy[settled], clean[settled]))
    return float(np.mean(gains))


def main():
    arguments = argparse.ArgumentParser()
    arguments.add_argument('--audio', required=True, help='folder of recordings, with a manifest.json')
    arguments.add_argument('--extra', help='folder of further noises and music, with a manifest.json')
    arguments.add_argument('--atoms', type=int, default=256)
    arguments.add_argument('--updates', type=int, default=3)
    arguments.add_argument('--minutes', type=float, default=100)
    arguments.add_argument('--batch', type=int, default=24)
    arguments.add_argument('--seconds', type=float, default=1.5)
    arguments.add_argument('--rate', type=float, default=2e-2)
    arguments.add_argument('--threads', type=int, default=1)
    arguments.add_argument('--seed', type=int, default=0)
    arguments.add_argument('--checkpoint', default='.cache/unfolded.pt')
    arguments.add_argument('--plain', help='dictionary file whose atoms the new one takes as its own')
    arguments.add_argument('--start', help='dictionary file to start from; atoms that it lacks start at random')
    arguments.add_argument('--out', default='dictionaries/denoise.safetensors')
    options = arguments.parse_args()

    torch.manual_seed(options.seed)
    torch.set_num_threads(options.threads)
    corpus = Corpus(options.audio, options.extra, options.seed)
    segments = Segments(options.audio, options.extra, options.seed)
    print(f'{len(corpus.voices)} voice and {len(corpus.noises)} noise recordings', flush=True)
    model = UnfoldedNMF(options.atoms, options.updates)
    if options.start:
        read_parameters(options.start, model)
    # The mean of the last steps generalizes better than the last step.
    averaged = copy.deepcopy(model)
    adam = torch.optim.Adam(model.parameters(), lr=options.rate, betas=(0.9, 0.98))
    start, step, mean, spoken = time.time(), 0, None, 0
    while (done := (time.time() - start) / (60 * options.minutes)) < 1:
        for group in adam.param_groups:
            group['lr'] = options.rate * min(1, (step + 1) / 40) * (0.5 * (1 + np.cos(np.pi * done)) + 0.01)
        voice, noise = segments.batch(options.batch, options.seconds)
        clean, noisy = spectrum(voice, model.window), spectrum(voice + noise, model.window)
        # Neighbouring frames share three quarters of their samples: every other one is judged.
        mask = model(noisy.abs(), stride=2)
        total, compressed = loss_of(mask, noisy[:, ::2], clean[:, ::2])
        adam.zero_grad()
        total.backward()
        torch.nn.utils.clip_grad_norm_(model.parameters(), 1.0)
        adam.step()
        keep = min(0.99, step / (step + 10))
        with torch.no_grad():
            for mean_value, value in zip(averaged.parameters(), model.parameters()):
                mean_value.lerp_(value, 1 - keep)
        mean = compressed.item() if mean is None else 0.98 * mean + 0.02 * compressed.item()
        step += 1
        if time.time() - start > spoken * 240:
            spoken += 1
            gain = evaluate(averaged, corpus)
            print(f'step {step}  loss {mean:.5f}  held out {gain:+.2f} dB  {time.time() - start:.0f} s', flush=True)
            os.makedirs(os.path.dirname(options.checkpoint) or '.', exist_ok=True)
            torch.save(averaged.state_dict(), options.checkpoint)
    gain = evaluate(averaged, corpus)
    torch.save(averaged.state_dict(), options.checkpoint)
    print(f'step {step}  loss {mean:.5f}  held out {gain:+.2f} dB', flush=True)
    card = {
        'data': corpus.attribution(),
        'scores': f'Held-out training mixtures (-5 to 15 dB): SI-SDR {gain:+.1f} dB.',
        'command': 'python3 training/train_unfolded.py '
        + ' '.join(f'--{name} {value}' for name, value in vars(options).items() if value and name not in FOLDERS),
    }
    write_dictionary(options.out, averaged, card, options.plain, SOFTNESS)
    print(json.dumps(card))


if __name__ == '__main__':
    main()
