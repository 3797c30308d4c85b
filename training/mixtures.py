"""Segments of voices and noises as they are mixed, and mixtures of what is kept out of training."""
import numpy as np
from scipy.signal import fftconvolve

from model import BINS, RATE, WINDOW
from synthesis import clicks, coloured, decibels, hum, tones

LOW_BINS = int(7900 / (RATE / WINDOW))
# Of the voices: what is sung, and of that what singers sing. The rest is speech, slowed.
SINGING, SINGERS = 0.2, 0.3


def stretched(samples, length, speed, rng):
    """`length` samples from a random place, played at `speed`."""
    need = int(length * speed) + 2
    if len(samples) < need:
        samples = np.tile(samples, need // len(samples) + 1)
    start = rng.integers(0, len(samples) - need + 1)
    part = samples[start : start + need]
    return np.interp(np.arange(length) * speed, np.arange(need), part).astype(np.float32)


def unit(samples):
    return samples / (samples.std() + 1e-6)


def held_out(recordings, count):
    """noisy, clean: mixtures of what is never trained on, -5 to 15 dB, always the same ones."""
    rng = np.random.default_rng(1234)
    voices, noises = recordings.kept_voices, recordings.kept_noises
    for i in range(count):
        voice, _ = voices[i % len(voices)]
        voice = np.concatenate([np.zeros(RATE // 2, np.float32), voice[: 4 * RATE]])
        noise = stretched(noises[i % len(noises)], len(voice), 1.0, rng)
        snr = (-5, 0, 5, 10, 15)[i % 5]
        noise *= 10 ** (-snr / 20) * np.sqrt((voice**2).mean() / ((noise**2).mean() + 1e-12))
        yield voice + noise, voice


class Corpus:
    """plainly: noises are mostly recorded ones as they are, and of those mostly the recordings' own (see Recordings.own_odds)."""

    def __init__(self, recordings, rng, plainly=False):
        self.recordings, self.rng, self.plainly = recordings, rng, plainly

    def voice(self, length):
        """A stretch of one voice, and the highest bin of which it says anything."""
        rng = self.rng
        voices = self.recordings.voices
        samples, upper = voices[rng.choice(len(voices), p=self.recordings.odds)]
        band = BINS
        if upper is not None:
            if rng.random() < 0.3:
                band = LOW_BINS
            else:
                samples = samples + upper[: len(samples)] * decibels(-24, 3, rng)
        pause = np.zeros(rng.integers(0, int(1.2 * RATE)), np.float32)
        pieces = [samples, pause] if rng.random() < 0.5 else [pause, samples]
        return stretched(np.concatenate(pieces), length, rng.uniform(0.8, 1.25), rng), band

    def sung(self, length):
        rng, singing, slowed = self.rng, self.recordings.singing, self.recordings.slowed
        if not singing or rng.random() >= SINGERS:
            return stretched(slowed[rng.integers(len(slowed))], length, rng.uniform(0.8, 1.25), rng)
        samples, upper = singing[rng.integers(len(singing))]
        if upper is not None:
            samples = samples + upper[: len(samples)] * decibels(-24, 3, rng)
        return stretched(samples, length, rng.uniform(0.8, 1.25), rng)

    def recorded(self, length):
        rng, music, noises = self.rng, self.recordings.music, self.recordings.noises
        if music and rng.random() < 0.06:
            samples = music[rng.integers(len(music))]
        else:
            odds = self.recordings.own_odds if self.plainly else self.recordings.noise_odds
            samples = noises[rng.choice(len(noises), p=odds)]
        return stretched(samples, length, rng.uniform(0.65, 1.5), rng)

    def crossed(self, length):
        """The sound of one noise in the envelope of another."""
        smooth = np.hanning(int(RATE * 10 ** self.rng.uniform(-2.3, -1.3)))
        envelope = lambda x: np.sqrt(fftconvolve(x * x, smooth / smooth.sum(), 'same').clip(1e-10))
        sound, other = self.recorded(length), self.recorded(length)
        return sound / (envelope(sound) + 1e-4 * sound.std() + 1e-7) * envelope(other)

    def one_noise(self, length):
        rng = self.rng
        if self.plainly and rng.random() < 0.85:
            return unit(self.recorded(length))
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
            if self.rng.random() < SINGING:
                samples, band = self.sung(length), BINS
            else:
                samples, band = self.voice(length)
            return (self.equalized(samples, 6) if self.rng.random() < 0.6 else samples), band < BINS
        samples = self.noise(length)
        return (self.equalized(samples, 10) if self.rng.random() < 0.7 else samples), False
