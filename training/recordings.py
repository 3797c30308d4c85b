"""Recordings of voices, noises and music: which may train a dictionary that is shipped, and what must be said of them.

Most of the speech ends at 8 kHz. A model trained on it as it is would learn that all sound above is noise, and make full-band voices
dull. So such recordings come with an upper band, mirrored from what lies below.
"""
import hashlib
import json
import os
import re
from collections import Counter
from math import gcd

import numpy as np
import soundfile
from scipy.signal import butter, fftconvolve, firwin, resample_poly, sosfilt

from model import RATE
from slowing import slowed
from synthesis import decibels

# Sources whose licence lets them train a dictionary that is shipped, with what must be said of them.
VOICES = {
    'LibriSpeech train-clean-100 via Resemblyzer': ('LibriSpeech', 'CC BY 4.0'),
    'LibriSpeech test-other via Resemblyzer': ('LibriSpeech', 'CC BY 4.0'),
    'VCTK via auspicious3000/autovc': ('VCTK', 'CC BY 4.0'),
    'TSP Speech': ('TSP speech database (McGill University)', 'BSD-like'),
}
NOISES = {
    'moodist': ('moodist', 'Pixabay content licence or CC0'),
    'ibm': ('IBM MAX audio samples', 'CC0 and CC BY'),
    'noisekun': ('noisekun', 'CC0 and CC BY'),
    'ambeng': ('ambient-engine', 'public domain and CC BY'),
    'esc10': ('ESC-10', 'CC BY 3.0'),
}
SONGS = ('everythingisremixed', 'CC0')
# What the licences of further recordings begin with; whoever asks for the same licence, or forbids commerce or changes, is left out.
LICENCES = ('CC0', 'CC-BY-3.0', 'CC BY 3.0', 'CC-BY-4.0', 'CC BY 4.0', 'public domain')
LICENCES += ('Apache-2.0', 'MIT', 'BSD', 'CMU ARCTIC licence (BSD-like')
FORBIDDING = re.compile(r'\b(NC|ND|SA)\b')
HELD_OUT_VOICES, HELD_OUT_NOISES = 8, 6
# Of further recordings: what no microphone in a room hears, and what may be a voice.
LEFT_OUT = {'scifi', 'spacegame', 'creature', 'grunts', 'laughter', 'weapons', 'misc', 'fire_blast'}
LEAST_RATE, LEAST_VOICE_RATE, FULL_BAND = 30000, 16000, 40000
# A long recording of one further voice counts no more than this.
MOST_SECONDS = 20
SLOWED = 170


def resample(samples, rate, to=RATE):
    if rate == to:
        return samples
    common = gcd(rate, to)
    return resample_poly(samples, to // common, rate // common).astype(np.float32)


def mirrored(samples, rate, edge=firwin(255, 8000, fs=RATE, pass_zero=False)):
    """What an upsampler without its filter would leave above 8 kHz, falling towards 24 kHz."""
    stuffed = np.zeros(len(samples) * RATE // rate, np.float32)
    stuffed[:: RATE // rate] = samples
    upper = fftconvolve(stuffed, edge, mode='same')
    return sosfilt(butter(1, 9000, fs=RATE, output='sos'), 6 * upper).astype(np.float32)


def check_licence(row):
    licence = row['licence']
    if not licence.startswith(LICENCES) or FORBIDDING.search(licence):
        raise SystemExit(f"{row['file']} has the licence {licence}; it must be one of {', '.join(LICENCES)}.")


def short(licence):
    """'CC-BY-4.0 (LICENSE of the repository)' -> 'CC BY 4.0'."""
    if 'BSD' in licence:
        return 'BSD-like'
    return re.sub(r' \(.*| per file', '', licence).replace('CC-BY-', 'CC BY ').replace('CC0-1.0', 'CC0').replace('CC0 1.0', 'CC0')


def grouped(credits):
    """(name, licence) pairs -> 'licence: name, name; licence: name', each pair once."""
    names = {}
    for name, licence in sorted(set(credits)):
        names.setdefault(licence, []).append(name)
    return '; '.join(f"{licence}: {', '.join(of)}" for licence, of in names.items())


def read(path):
    """Samples in one channel, and their rate."""
    samples, rate = soundfile.read(path, dtype='float32')
    return (samples if samples.ndim == 1 else samples.mean(1)), rate


def further_rows(place):
    """The rows of a manifest, with paths of files: place is a manifest, or a folder with a manifest.json."""
    path = os.path.join(place, 'manifest.json') if os.path.isdir(place) else place
    if not os.path.isfile(path):
        raise SystemExit(f'{path} was not found; --extra takes folders with a manifest.json, or such files.')
    with open(path) as file:
        rows = json.load(file)
    folder = os.path.dirname(os.path.abspath(path))
    kept = []
    for row in rows:
        spoken = row['kind'] in ('speech', 'singing', 'syllables')
        if not spoken and (row['kind'] not in ('noise', 'music') or row['family'] in LEFT_OUT):
            continue
        if row['nativeRate'] < (LEAST_VOICE_RATE if spoken else LEAST_RATE):
            continue
        check_licence(row)
        # Files are named from the folder of the manifest or from the one above.
        paths = [os.path.join(base, row['file']) for base in (folder, os.path.dirname(folder))]
        found = next((p for p in paths if os.path.isfile(p)), None)
        if not found:
            raise SystemExit(f"{path} lists {row['file']}, but neither {' nor '.join(paths)} exists.")
        kept.append({**row, 'path': found})
    return kept


class Recordings:
    """voices, singing: (samples, upper band or none). slowed: speech turned towards singing. noises, music: samples. All at RATE, in float32.

    odds, noise_odds: of the voices and noises; own_odds: of the noises, those of `audio` favoured. kept_voices, kept_noises: kept out
    of training.

    audio: a folder with a manifest.json (file, kind, source, speaker, rate); only its train/ is read.
    without: sources of those in `audio` that are not read.
    extra: further folders or manifests (file, kind, licence, source, nativeRate; speech, singing and syllables also speaker, noises
    family).
    """

    def __init__(self, audio, extra=(), without=()):
        with open(os.path.join(audio, 'manifest.json')) as file:
            rows = [row for row in json.load(file) if row['file'].startswith('train/')]
        self.voices, self.kept_voices, self.singing = [], [], []
        self.noises, self.kept_noises, self.music = [], [], []
        voices, noises = ({source: of[source] for source in of if source not in without} for of in (VOICES, NOISES))
        self.voice_credits, self.noise_credits = list(voices.values()), [*noises.values(), SONGS]
        self.read_voices(audio, [row for row in rows if row['kind'] == 'speech' and row['source'] in voices])
        self.read_noises(audio, [row for row in rows if row['kind'] == 'noise' and row['source'] in noises])
        self.read_songs(audio, [row for row in rows if row['kind'] == 'music' and 'CC0' in row['file']])
        own_voices, own_noises = len(self.voices), len(self.noises)
        families = [''] * own_noises
        for row in (row for place in extra for row in further_rows(place)):
            self.read_further(row)
            if row['kind'] == 'noise':
                families.append(row['family'])
        self.set_odds(own_voices, own_noises, families)
        self.slowed = self.slow(np.random.default_rng(0))

    def read_voices(self, audio, rows):
        by_speaker = {}
        for row in rows:
            by_speaker.setdefault(row['speaker'], []).append(row)
        speakers = sorted(by_speaker)
        candidates = [s for s in speakers if by_speaker[s][0]['rate'] != RATE]
        kept = set(candidates[:: len(candidates) // HELD_OUT_VOICES][:HELD_OUT_VOICES])
        for speaker in speakers:
            for row in by_speaker[speaker]:
                samples, rate = read(os.path.join(audio, row['file']))
                upper = mirrored(samples, rate) if rate < RATE else None
                (self.kept_voices if speaker in kept else self.voices).append((resample(samples, rate), upper))

    def read_noises(self, audio, rows):
        for i, row in enumerate(rows):
            kept = i % (len(rows) // HELD_OUT_NOISES) == 3
            (self.kept_noises if kept else self.noises).append(resample(*read(os.path.join(audio, row['file']))))

    def read_songs(self, audio, rows):
        for row in rows:
            samples = resample(*read(os.path.join(audio, row['file'])))
            if 'accompaniment' in row['file']:
                self.music.append(samples)
            elif 'vocal' in row['file'].lower():
                self.singing.append((samples, None))

    def read_further(self, row):
        if row['kind'] == 'syllables':
            return
        samples, rate = read(row['path'])
        if row['kind'] in ('noise', 'music'):
            (self.noises if row['kind'] == 'noise' else self.music).append(resample(samples, rate))
            self.noise_credits.append((row['source'], short(row['licence'])))
            return
        if rate < LEAST_VOICE_RATE:
            return
        self.voice_credits.append((row.get('corpus', row['source']), short(row['licence'])))
        upper = None
        if min(rate, row['nativeRate']) < FULL_BAND:
            low = resample(samples, rate, 16000)
            samples, rate, upper = low, 16000, mirrored(low, 16000)
        (self.singing if row['kind'] == 'singing' else self.voices).append((resample(samples, rate), upper))

    def set_odds(self, own_voices, own_noises, families):
        # The few full-band recordings are as likely as a third of all the others.
        lengths = np.array([len(samples) for samples, _ in self.voices], float)
        own, full = lengths[:own_voices], np.array([upper is None for _, upper in self.voices[:own_voices]])
        even = 0.75 * own * ~full / max(1, (own * ~full).sum()) + 0.25 * own * full / max(1, (own * full).sum())
        odds = np.concatenate([even * own.sum(), lengths[own_voices:].clip(max=MOST_SECONDS * RATE)])
        self.odds = odds / odds.sum()
        # Many recordings of one family count less each.
        sizes = Counter(families)
        roots = np.array([len(samples) for samples in self.noises]) ** 0.5
        odds = roots * [sizes[family] ** -0.35 if family else 1 for family in families]
        self.noise_odds = odds / odds.sum()
        roots[own_noises:] = 0
        self.own_odds = 0.7 * roots / roots.sum() + 0.3 * self.noise_odds

    def slow(self, rng):
        voices = []
        for i in rng.permutation(len(self.voices))[:SLOWED]:
            samples, upper = self.voices[i]
            if upper is not None:
                samples = samples + upper[: len(samples)] * decibels(-24, 3, rng)
            voices.append(slowed(samples, RATE, rng))
        return voices

    def lists(self):
        """All that segments are made of."""
        return [self.noises, self.music, self.slowed, *([samples for samples, _ in voices] for voices in (self.voices, self.singing))]

    def fingerprint(self):
        """The same for the same recordings in the same order."""
        lengths = [[len(samples) for samples in recordings] for recordings in self.lists()]
        return hashlib.sha256(json.dumps(lengths).encode()).hexdigest()

    def attribution(self):
        return f'Voices: {grouped(self.voice_credits)}. Noises and music: {grouped(self.noise_credits)}.'
