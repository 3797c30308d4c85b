"""Speech that is turned towards singing: slowed, it holds its vowels as long as singers do, and shifted in pitch it covers their range.
There is little singing that may train a dictionary that is shipped, and much speech."""
import shutil
import subprocess

import numpy as np


def sox(samples, rate, *effects):
    if not shutil.which('sox'):
        raise SystemExit('sox was not found; it slows and shifts the voices (Debian: apt install sox).')
    raw = ('-t', 'f32')
    command = ('sox', *raw, '-r', str(rate), '-c', '1', '-', *raw, '-', *effects)
    made = subprocess.run(command, input=samples.astype('<f4').tobytes(), capture_output=True, check=True)
    return np.frombuffer(made.stdout, '<f4').copy()


def slowed(samples, rate, rng):
    """Six seconds at most, from a random place, slowed to 0.3 to 0.65 of their tempo and shifted by -300 to 700 cents."""
    longest = 6 * rate
    start = rng.integers(0, max(1, len(samples) - longest))
    tempo, pitch = rng.uniform(0.3, 0.65), rng.uniform(-300, 700)
    return sox(samples[start : start + longest], rate, 'tempo', '-s', f'{tempo:.2f}', 'pitch', f'{pitch:.0f}')
