"""Singing made of speech: its syllables held for longer, and its pitch led from note to note, with glides and vibrato. There is little
singing that may train a dictionary that is shipped, and much speech."""
import os
import shutil
import subprocess
import tempfile

import numpy as np
import soundfile

# Praat finds the pitch of the speaker (the median), and gives the voice the other one. The tiers say it relative to 100 Hz.
SCRIPT = """form Sing
  text folder
endform
sound = Read from file: folder$ + "/spoken.wav"
pitch = To Pitch: 0, 70, 400
median = Get quantile: 0, 0, 0.5, "Hertz"
if median = undefined
  exit No pitch.
endif
selectObject: sound
manipulation = To Manipulation: 0.01, 70, 400
notes = Read from file: folder$ + "/notes.PitchTier"
Formula: "self * median / 100"
selectObject: manipulation, notes
Replace pitch tier
lengths = Read from file: folder$ + "/lengths.DurationTier"
selectObject: manipulation, lengths
Replace duration tier
selectObject: manipulation
Get resynthesis (overlap-add)
Save as WAV file: folder$ + "/sung.wav"
"""
STEP = 0.01
# Seconds of speech.
LONGEST = 6
SCALE = (0, 2, 4, 5, 7, 9, 11)


def require_singer():
    """Ends the program where no singing can be made."""
    if not shutil.which('praat'):
        raise SystemExit('praat was not found; it makes singing of speech (Debian: apt install praat).')


def tier(kind, seconds, times, values):
    points = ''.join(f'{time:.4f}\n{value:.4f}\n' for time, value in zip(times, values))
    return f'File type = "ooTextFile"\nObject class = "{kind}"\n\n0\n{seconds:.6f}\n{len(times)}\n{points}'


def melody(seconds, slowness, rng):
    """Pitch in semitones above the speaker's own, every STEP seconds of speech that will last `slowness` times as long."""
    count = int(seconds / STEP) + 1
    pitch, at, degree = np.empty(count), 0, rng.integers(0, 7)
    centre = rng.uniform(-2, 9)
    while at < count:
        degree = int(np.clip(degree + rng.integers(-3, 4), -4, 8))
        length = max(2, int(np.exp(rng.uniform(np.log(0.18), np.log(1.6))) / slowness / STEP))
        pitch[at : at + length] = centre + SCALE[degree % 7] + 12 * (degree // 7)
        at += length
    # Glides from note to note, and vibrato, in time as it is heard.
    width = max(1, int(rng.uniform(0.03, 0.12) / slowness / STEP))
    pitch = np.convolve(np.pad(pitch, width, 'edge'), np.ones(width) / width, 'same')[width : width + count]
    time = np.arange(count) * STEP * slowness
    return pitch + rng.uniform(0, 0.6) * np.sin(2 * np.pi * rng.uniform(4.5, 6.5) * time) + rng.normal(0, 0.05, count)


def made_to_sing(samples, rate, rng, slowness=(1.2, 3)):
    """Some seconds of it from a random place, or None where there is no pitch. slowness: from, to."""
    start = rng.integers(0, max(1, len(samples) - int(LONGEST * rate)))
    part = samples[start : start + int(LONGEST * rate)]
    seconds, slowness = len(part) / rate, rng.uniform(*slowness)
    pitch = melody(seconds, slowness, rng)
    with tempfile.TemporaryDirectory() as folder:
        path = lambda name: os.path.join(folder, name)
        soundfile.write(path('spoken.wav'), 0.5 * part / (np.abs(part).max() + 1e-6), rate, subtype='FLOAT')
        times = np.minimum(np.arange(len(pitch)) * STEP, seconds)
        texts = {
            'notes.PitchTier': tier('PitchTier', seconds, times, 100 * 2 ** (pitch / 12)),
            'lengths.DurationTier': tier('DurationTier', seconds, [0, seconds], [slowness, slowness]),
            'sing.praat': SCRIPT,
        }
        for name, text in texts.items():
            with open(path(name), 'w') as file:
                file.write(text)
        # It fails where there is no pitch, and then writes nothing.
        subprocess.run(['praat', '--run', path('sing.praat'), folder], capture_output=True, text=True)
        if not os.path.exists(path('sung.wav')):
            return None
        made, _ = soundfile.read(path('sung.wav'), dtype='float32')
    return made
