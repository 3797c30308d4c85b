"""Mixtures of voices and noises, made anew for every step.

Most of the speech ends at 8 kHz. A model trained on it as it is would learn that all sound above is noise, and make full-band voices
dull. So the upper band is given to it by mirroring what lies below, at a random level, in most examples.
"""
import json
import os
from math import gcd

import numpy as np
import soundfile
import torch
from scipy.signal import butter, fftconvolve, firwin, resample_poly, sosfilt

from model import BINS, RATE, WINDOW

# Sources whose licence lets them train a dictionary that is shipped, with what must be said of them.
VOICES = {
    'LibriSpeech train-clean-100 via Resemblyzer': 'LibriSpeech (CC BY 4.0)',
    'LibriSpeech test-other via Resemblyzer': 'LibriSpeech (CC BY 4.0)',
    'VCTK via auspicious3000/autovc': 'VCTK (CC BY 4.0)',
    'TSP Speech': 'TSP speech database, McGill University',
}
NOISES = {
    'moodist': 'moodist noises (Pixabay content licence or CC0)',
    'ibm': 'IBM MAX audio samples (CC0 and CC BY)',
    'noisekun': 'noisekun noises (CC0 and CC BY)',
    'ambeng': 'ambient-engine noises (public domain and CC BY)',
    'esc10': 'ESC-10 (CC BY 3.0)',
}
HELD_OUT_VOICES, HELD_OUT_NOISES = 8, 6
LOW_BINS = int(7900 / (RATE / WINDOW))


def resample(samples, rate):
    if rate == RATE:
        return samples
    common = gcd(rate, RATE)
    return resample_poly(samples, RATE // common, rate // common).astype(np.float32)


def mirrored(samples, rate, edge=firwin(255, 8000, fs=RATE, pass_zero=False)):
    """What an upsampler without its filter would leave above 8 kHz, falling towards 24 kHz."""
    stuffed = np.zeros(len(samples) * RATE // rate, np.float32)
    stuffed[:: RATE // rate] = samples
    upper = fftconvolve(stuffed, edge, mode='same')
    return sosfilt(butter(1, 9000, fs=RATE, output='sos'), 6 * upper).astype(np.float32)


def stretched(samples, length, speed, rng):
    """`length` samples from a random place, played at `speed`."""
    need = int(length * speed) + 2
    if len(samples) < need:
        samples = np.tile(samples, need // len(samples) + 1)
    start = rng.integers(0, len(samples) - need + 1)
    part = samples[start : start + need]
    return np.interp(np.arange(length) * speed, np.arange(need), part).astype(np.float32)


def decibels(low, high, rng):
    return 10 ** (rng.uniform(low, high) / 20)


class Corpus:
    def __init__(self, audio, seed=0):
        self.rng = np.random.default_rng(seed)
        with open(os.path.join(audio, 'manifest.json')) as file:
            rows = [row for row in json.load(file) if row['file'].startswith('train/')]
        self.lowpass = butter(8, 7900, fs=RATE, output='sos')
        by_speaker = {}
        self.noises, self.kept_noises = [], []
        self.voices, self.kept_voices = [], []
        noise_rows = [row for row in rows if row['kind'] == 'noise' and row['source'] in NOISES]
        for i, row in enumerate(noise_rows):
            samples, rate = soundfile.read(os.path.join(audio, row['file']), dtype='float32')
            kept = i % (len(noise_rows) // HELD_OUT_NOISES) == 3
            (self.kept_noises if kept else self.noises).append(resample(samples, rate))
        for row in rows:
            if row['kind'] == 'speech' and row['source'] in VOICES:
                by_speaker.setdefault(row['speaker'], []).append(row)
        speakers = sorted(by_speaker)
        full_band = {s for s in speakers if by_speaker[s][0]['rate'] == RATE}
        candidates = [s for s in speakers if s not in full_band]
        kept_speakers = set(candidates[:: len(candidates) // HELD_OUT_VOICES][:HELD_OUT_VOICES])
        for speaker in speakers:
            for row in by_speaker[speaker]:
                samples, rate = soundfile.read(os.path.join(audio, row['file']), dtype='float32')
                upper = mirrored(samples, rate) if rate < RATE else None
                full = resample(samples, rate)
                (self.kept_voices if speaker in kept_speakers else self.voices).append((full, upper))
        # The few full-band recordings are as likely as half of all the others.
        odds = np.array([len(v[0]) * (1.0 if v[1] is not None else 0.0) for v in self.voices])
        full = np.array([len(v[0]) * (1.0 if v[1] is None else 0.0) for v in self.voices])
        self.odds = odds / odds.sum() * 0.75 + full / full.sum() * 0.25
        self.noise_odds = np.sqrt([len(n) for n in self.noises])
        self.noise_odds /= self.noise_odds.sum()

    def attribution(self):
        return 'Voices: ' + '; '.join(sorted(set(VOICES.values()))) + '. Noises: ' + '; '.join(NOISES.values()) + '.'

    def voice(self, length):
        """A stretch of one voice, and the highest bin of which it says anything."""
        rng = self.rng
        samples, upper = self.voices[rng.choice(len(self.voices), p=self.odds)]
        band = BINS
        if upper is not None:
            if rng.random() < 0.3:
                band = LOW_BINS
            else:
                samples = samples + upper[: len(samples)] * decibels(-24, 3, rng)
        pause = np.zeros(rng.integers(0, int(1.2 * RATE)), np.float32)
        pieces = [samples, pause] if rng.random() < 0.5 else [pause, samples]
        return stretched(np.concatenate(pieces), length, rng.uniform(0.8, 1.25), rng), band

    def noise(self, length):
        rng = self.rng
        pick = lambda: self.noises[rng.choice(len(self.noises), p=self.noise_odds)]
        samples = stretched(pick(), length, rng.uniform(0.7, 1.4), rng)
        samples /= samples.std() + 1e-6
        if rng.random() < 0.4:
            other = stretched(pick(), length, rng.uniform(0.7, 1.4), rng)
            samples = samples + other / (other.std() + 1e-6) * decibels(-15, 3, rng)
        if rng.random() < 0.12:
            # Babble: several voices at once are noise.
            for _ in range(rng.integers(4, 9)):
                talker, _ = self.voice(length)
                samples = samples + talker / (talker.std() + 1e-4) * decibels(-14, -2, rng)
        if rng.random() < 0.25:
            shaped = rng.standard_normal(length).astype(np.float32)
            cutoff = 10 ** rng.uniform(2.3, 4.2)
            samples = samples + sosfilt(butter(1, cutoff, fs=RATE, output='sos'), shaped) * decibels(-10, 6, rng)
        return samples

    def equalized(self, samples, strength):
        """A random filter of up to +-strength dB: rooms, microphones, and for noises another noise altogether."""
        rng = self.rng
        points = rng.integers(3, 9)
        # Even in log frequency, as ears and rooms are.
        places = np.concatenate([[0], np.sort(rng.random(points))])
        frequency = np.log2(1 + np.arange(65)) / np.log2(65)
        gains = np.interp(frequency, places, rng.uniform(-strength, strength, points + 1))
        response = np.fft.irfft(10 ** (gains / 20), 128)
        taps = np.roll(response, 64) * np.hanning(128)
        if rng.random() < 0.25:
            decay = int(RATE * rng.uniform(0.02, 0.12))
            tail = rng.standard_normal(4 * decay) * np.exp(-np.arange(4 * decay) / decay) * 0.02 * rng.uniform(0.3, 1.5)
            taps = np.concatenate([taps, tail])
        return fftconvolve(samples, taps)[64 : 64 + len(samples)].astype(np.float32)

    def batch(self, size, seconds):
        """voice and noise, batch x samples each."""
        rng = self.rng
        length = int(seconds * RATE)
        voices, noises = [], []
        for _ in range(size):
            voice, band = self.voice(length)
            noise = self.noise(length)
            if rng.random() < 0.6:
                voice = self.equalized(voice, 5)
            if rng.random() < 0.85:
                noise = self.equalized(noise, 12)
            # Band-limited recordings are all that some users have: what is above the voice's band is noise to them.
            if band < BINS and rng.random() < 0.5:
                noise = sosfilt(self.lowpass, noise).astype(np.float32)
            level = 0.05 * decibels(-20, 8, rng)
            voice = voice / (voice.std() + 1e-4) * level
            noise = noise / (noise.std() + 1e-6) * level / decibels(-8, 20, rng)
            kind = rng.random()
            if kind < 0.03:
                voice = np.zeros_like(voice)
            elif kind < 0.06:
                noise = noise * 1e-3
            voices.append(voice)
            noises.append(noise)
        return torch.tensor(np.array(voices)), torch.tensor(np.array(noises, dtype=np.float32))

    def held_out(self, count):
        """noisy, clean: mixtures of what is never trained on, -5 to 15 dB, always the same ones."""
        rng = np.random.default_rng(1234)
        for i in range(count):
            voice, _ = self.kept_voices[i % len(self.kept_voices)]
            voice = np.concatenate([np.zeros(RATE // 2, np.float32), voice[: 4 * RATE]])
            noise = stretched(self.kept_noises[i % len(self.kept_noises)], len(voice), 1.0, rng)
            snr = (-5, 0, 5, 10, 15)[i % 5]
            noise *= 10 ** (-snr / 20) * np.sqrt((voice**2).mean() / ((noise**2).mean() + 1e-12))
            yield voice + noise, voice
