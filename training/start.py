"""The start of the training: atoms drawn by rule, not at random, so that voice atoms begin narrow and stay so.

Voice atoms are harmonics of a pitch under one formant, and hiss; noise atoms are bumps of many widths. What the drawings leave open is
random.
"""
import numpy as np
import torch

from model import BANDS, BINS, GAMMA, RATE, TO_BANDS, WINDOW, analysis_window

FREQUENCY = np.arange(BINS) * RATE / WINDOW
# Centre of the formant in Hz and its width in octaves.
FORMANTS = ((350, 0.7), (900, 0.8), (2200, 0.9))
LOBE_OVERSAMPLING, LOBE_WIDTH, HIGHEST_HARMONIC = 16, 400, 10000


def bump(centre, octaves):
    """A magnitude over frequency in Hz."""
    return lambda f: np.exp(-0.5 * (np.log2((f + 50) / (centre + 50)) / octaves) ** 2) + 1e-3


def lobe():
    """The spectrum of the analysis window, from 0 Hz up."""
    magnitude = np.abs(np.fft.rfft(analysis_window().numpy(), WINDOW * LOBE_OVERSAMPLING))
    return magnitude / magnitude[0]


def harmonics(pitch, envelope, shape):
    """The power spectrum of a voiced sound, with some breath, most of it above 4 kHz. shape: a lobe()."""
    power = np.zeros(BINS)
    for n in range(1, int(HIGHEST_HARMONIC / pitch) + 1):
        distance = np.abs(FREQUENCY - n * pitch)
        place = np.minimum((distance * WINDOW * LOBE_OVERSAMPLING / RATE).astype(int), len(shape) - 1)
        near = distance < LOBE_WIDTH
        power[near] += (shape[place[near]] * envelope(n * pitch)) ** 2
    return power + envelope(FREQUENCY) ** 2 * (0.01 + 0.2 * (FREQUENCY > 4000))


def drawn_voices(count, rng):
    shape, atoms = lobe(), []
    for pitch in np.geomspace(75, 420, max(1, int(count * 0.8) // len(FORMANTS))):
        for centre, octaves in FORMANTS:
            atoms.append(harmonics(pitch, bump(centre * rng.uniform(0.8, 1.25), octaves), shape))
    while len(atoms) < count:
        atoms.append(bump(rng.uniform(1500, 12000), rng.uniform(0.3, 0.8))(FREQUENCY) ** 2)
    return atoms


def drawn_noises(count, rng):
    atoms = [bump(centre, 0.22)(FREQUENCY) ** 2 for centre in np.geomspace(30, 20000, int(count * 0.7))]
    while len(atoms) < count:
        centre = np.exp(rng.uniform(np.log(50), np.log(16000)))
        atoms.append(bump(centre, rng.uniform(0.8, 2.5))(FREQUENCY) ** 2)
    return atoms


def start_from_drawings(model, seed, spread=0.5):
    """The first half of the atoms become voices, the others noises. spread: of the random part, before the softplus."""
    rng = np.random.default_rng(seed)
    updates, atoms, inputs = model.w.shape
    voices = atoms // 2
    power = np.array(drawn_voices(voices, rng) + drawn_noises(atoms - voices, rng)) @ TO_BANDS.numpy().T
    drawn = power ** (GAMMA / 2)
    drawn = 2 * drawn / drawn.sum(1, keepdims=True) + 1e-4
    # A noise is also what the floor shows; a voice is not.
    rows = np.full((atoms, inputs), 1e-3)
    rows[:, :BANDS] = drawn
    rows[voices:, BANDS:] = drawn[voices:]
    of_voices, of_noises = np.full((2, BANDS, atoms), 2e-3)
    of_voices[:, :voices], of_noises[:, voices:] = drawn[:voices].T, drawn[voices:].T

    def spread_out(values):
        values = np.log(np.expm1(np.maximum(values, 1e-5))) + rng.normal(0, spread, values.shape)
        return torch.tensor(values, dtype=torch.float32)

    with torch.no_grad():
        for l in range(updates):
            model.w[l], model.u[l] = spread_out(rows), spread_out(rows.T)
            # Voice atoms follow at once, noise atoms at all speeds.
            model.eta[l, :voices] = 1
            model.eta[l, voices:] = torch.linspace(-3, 1, atoms - voices)[torch.tensor(rng.permutation(atoms - voices))]
        model.decay[:voices], model.decay[voices:] = 2, 4
        model.inject[:] = spread_out(0.02 * rows.T)
        model.voice[:], model.noise[:] = spread_out(of_voices), spread_out(of_noises)
