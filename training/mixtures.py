"""Voices and noises, and mixtures of what is kept out of training.

Most of the speech ends at 8 kHz. A model trained on it as it is would learn that all sound above is noise, and make full-band voices
dull. So the upper band is given to it by mirroring what lies below, at a random level, in most examples.
"""
import json
import os
from collections import Counter
from math import gcd

import numpy as np
import soundfile
from scipy.signal import butter, fftconvolve, firwin, resample_poly, sosfilt

from model import BINS, RATE, WINDOW
from synthesis import clicks, coloured, decibels, hum, tones

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
SONGS = 'Everything is Free, remixed (CC0)'
# What the licences of further recordings begin with; whoever asks for the same licence, or forbids commerce, is left out.
LICENCES = ('CC0', 'CC-BY-3.0', 'CC-BY-4.0', 'public domain')
HELD_OUT_VOICES, HELD_OUT_NOISES = 8, 6
# Of further recordings: what no microphone in a room hears, and what may be a voice.
LEFT_OUT = {'scifi', 'spacegame', 'creature', 'grunts', 'laughter', 'weapons', 'misc', 'fire_blast'}
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


def further(folder):
    if not folder:
        return []
    with open(os.path.join(folder, 'manifest.json')) as file:
        rows = json.load(file)
    kept = [
        row
        for row in rows
        if row['kind'] in ('noise', 'music') and row['family'] not in LEFT_OUT and row['nativeRate'] >= 30000
    ]
    for row in kept:
        if not row['licence'].startswith(LICENCES):
            raise SystemExit(f"{row['file']} has the licence {row['licence']}; it must be one of {', '.join(LICENCES)}.")
    return kept


def unit(samples):
    return samples / (samples.std() + 1e-6)


class Corpus:
    """extra: a folder with further noises and music, listed in its manifest.json (file, kind, family, nativeRate)."""

    def __init__(self, audio, extra=None, seed=0):
        self.rng = np.random.default_rng(seed)
        with open(os.path.join(audio, 'manifest.json')) as file:
            rows = [row for row in json.load(file) if row['file'].startswith('train/')]
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
        families = [''] * len(self.noises)
        self.music = []
        for row in rows:
            if row['kind'] == 'music' and 'CC0' in row['file'] and 'accompaniment' in row['file']:
                samples, rate = soundfile.read(os.path.join(audio, row['file']), dtype='float32')
                self.music.append(resample(samples.mean(1), rate))
        rows = further(extra)
        self.further = sorted({f"{row['source']} ({row['licence'].split(' (')[0]})" for row in rows})
        for row in rows:
            samples, rate = soundfile.read(os.path.join(extra, row['file']), dtype='float32')
            if row['kind'] == 'noise':
                families.append(row['family'])
            samples = samples if samples.ndim == 1 else samples.mean(1)
            (self.noises if row['kind'] == 'noise' else self.music).append(resample(samples, rate))
        # Many recordings of one family count less each.
        sizes = Counter(families)
        odds = [len(n) ** 0.5 * (sizes[f] ** -0.35 if f else 1) for n, f in zip(self.noises, families)]
        self.noise_odds = np.array(odds) / sum(odds)

    def attribution(self):
        noises = [*NOISES.values(), SONGS, *self.further]
        return 'Voices: ' + '; '.join(sorted(set(VOICES.values()))) + '. Noises: ' + '; '.join(noises) + '.'

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

    def recorded(self, length):
        rng = self.rng
        if self.music and rng.random() < 0.06:
            samples = self.music[rng.integers(len(self.music))]
        else:
            samples = self.noises[rng.choice(len(self.noises), p=self.noise_odds)]
        return stretched(samples, length, rng.uniform(0.65, 1.5), rng)

    def crossed(self, length):
        """The sound of one noise in the envelope of another."""
        smooth = np.hanning(int(RATE * 10 ** self.rng.uniform(-2.3, -1.3)))
        envelope = lambda x: np.sqrt(fftconvolve(x * x, smooth / smooth.sum(), 'same').clip(1e-10))
        sound, other = self.recorded(length), self.recorded(length)
        return sound / (envelope(sound) + 1e-4 * sound.std() + 1e-7) * envelope(other)

    def one_noise(self, length):
        rng = self.rng
        made = [self.recorded, self.crossed, *(lambda n, f=f: f(n, rng) for f in (coloured, hum, tones, clicks))]
        return unit(made[rng.choice(len(made), p=[0.68, 0.1, 0.09, 0.04, 0.04, 0.05])](length))

    def noise(self, length):
        rng = self.rng
        samples = self.one_noise(length)
        if rng.random() < 0.4:
            samples = samples + self.one_noise(length) * decibels(-15, 3, rng)
        if rng.random() < 0.14:
            # Babble: several voices at once are noise.
            talkers = [unit(self.voice(length)[0]) * decibels(-10, 0, rng) for _ in range(rng.integers(3, 10))]
            samples = samples * decibels(-25, 5, rng) + unit(sum(talkers))
        if rng.random() < 0.2:
            samples = unit(samples) + unit(coloured(length, rng)) * decibels(-20, 3, rng)
        return samples.astype(np.float32)

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

    def segment(self, kind, length):
        """A voice (and whether it says nothing above LOW_BINS) or a noise, filtered as rooms and microphones do."""
        if kind == 'voice':
            samples, band = self.voice(length)
            return (self.equalized(samples, 6) if self.rng.random() < 0.6 else samples), band < BINS
        samples = self.noise(length)
        return (self.equalized(samples, 10) if self.rng.random() < 0.7 else samples), False

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
