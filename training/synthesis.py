"""Noises made by rule, for kinds of which no recording is at hand. Each: length in samples, a random generator -> samples."""
import numpy as np
from scipy.signal import butter, sosfilt

RATE = 48000


def decibels(low, high, rng):
    return 10 ** (rng.uniform(low, high) / 20)


def log_uniform(low, high, rng):
    return np.exp(rng.uniform(np.log(low), np.log(high)))


def swell(length, rate, depth, rng):
    """A random gain that changes some `rate` times a second, from -depth dB to 0."""
    points = rng.uniform(-depth, 0, max(4, int(length / RATE * rate) + 4))
    return 10 ** (np.interp(np.arange(length) / RATE * rate, np.arange(len(points)), points) / 20)


def coloured(length, rng):
    """Noise of a random spectrum, steady or swelling: fans, wind, traffic far away."""
    size = 1 << (length - 1).bit_length()
    frequency = np.fft.rfftfreq(size, 1 / RATE) + 1
    points = rng.integers(2, 14)
    places = np.concatenate([[20], np.sort([log_uniform(40, 20000, rng) for _ in range(points)]), [24000]])
    gain = np.interp(np.log(frequency), np.log(places), rng.uniform(-30, 0, points + 2))
    gain -= rng.uniform(0, 15) * np.log10(frequency / 100)
    spectrum = 10 ** (gain / 20) * np.exp(2j * np.pi * rng.random(len(frequency)))
    samples = np.fft.irfft(spectrum * np.sqrt(rng.exponential(1, len(frequency))))[:length]
    if rng.random() < 0.6:
        samples = samples * swell(length, log_uniform(0.2, 8, rng), rng.uniform(3, 25), rng)
    return samples


def hum(length, rng):
    """Harmonics of a slowly swaying pitch: motors, transformers, drones."""
    time = np.arange(length) / RATE
    pitch = log_uniform(30, 600, rng)
    sway = 0.03 * rng.uniform() * np.sin(2 * np.pi * rng.uniform(0.1, 6) * time + rng.uniform(0, 6))
    phase = 2 * np.pi * np.cumsum(pitch * (1 + sway)) / RATE
    samples, tilt = np.zeros(length), rng.uniform(0, 1.5)
    for k in range(1, min(rng.integers(2, 20), int(16000 / pitch))):
        samples += rng.exponential(1) * k**-tilt * np.sin(k * phase + rng.uniform(0, 6))
    if rng.random() < 0.5:
        samples *= swell(length, log_uniform(0.3, 10, rng), 20, rng)
    return samples


def tones(length, rng):
    """Sirens, alarms, beeps."""
    time = np.arange(length) / RATE
    low, octaves = log_uniform(250, 2500, rng), rng.uniform(0.05, 1.5)
    sweep = np.sin(2 * np.pi * log_uniform(0.2, 10, rng) * time + rng.uniform(0, 6))
    if rng.random() < 0.4:
        sweep = np.sign(sweep)
    phase = 2 * np.pi * np.cumsum(low * 2 ** (octaves * (0.5 + 0.5 * sweep))) / RATE
    samples = np.sin(phase)
    for k in range(2, rng.integers(3, 10)):
        samples += rng.uniform(0, 0.7) / k * np.sin(k * phase)
    if rng.random() < 0.4:
        gate = np.sin(2 * np.pi * log_uniform(0.5, 10, rng) * time + rng.uniform(0, 6)) > rng.uniform(-0.7, 0.7)
        edge = np.hanning(480)
        samples *= np.convolve(gate, edge / edge.sum(), 'same')
    return samples


def clicks(length, rng):
    """Bursts of decaying resonances at random times: keys, cutlery, knocks."""
    kinds = []
    for _ in range(rng.integers(1, 4)):
        decay = int(RATE * log_uniform(0.002, 0.2, rng))
        time = np.arange(4 * decay) / RATE
        burst = rng.standard_normal(4 * decay) * rng.uniform(0, 1)
        for _ in range(rng.integers(0, 6)):
            burst += rng.exponential(1) * np.sin(2 * np.pi * log_uniform(80, 9000, rng) * time + rng.uniform(0, 6))
        lowpass = butter(1, log_uniform(300, 16000, rng), fs=RATE, output='sos')
        kinds.append(sosfilt(lowpass, burst * np.exp(-np.arange(4 * decay) / decay)))
    samples = 1e-4 * rng.standard_normal(length)
    for _ in range(rng.poisson(log_uniform(1, 20, rng) * length / RATE) + 1):
        burst, at = kinds[rng.integers(len(kinds))], rng.integers(0, length)
        part = burst[: length - at]
        samples[at : at + len(part)] += part * decibels(-15, 0, rng)
    return samples
