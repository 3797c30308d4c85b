"""Recordings for the karaoke dictionary: what sings, and what plays.

There is little singing that may train a shipped dictionary, and much speech. Speech slowed to a third or two thirds holds its vowels as long
as singers do, and shifted in pitch it covers their range.
"""
import json
import os
import re

import numpy as np
import soundfile
from scipy.ndimage import uniform_filter1d

from recordings import check_licence, resample
from slowing import sox
from synthesis import decibels

RATE = 44100
SECONDS = 3
# Sources whose licence lets them train a dictionary that is shipped, with what must be said of them.
LIBRISPEECH = 'LibriSpeech (V. Panayotov, G. Chen, D. Povey and S. Khudanpur, 2015), CC BY 4.0'
VOICES = {
    'LibriSpeech train-clean-100 via Resemblyzer': LIBRISPEECH,
    'LibriSpeech test-other via Resemblyzer': LIBRISPEECH,
    'VCTK via auspicious3000/autovc': 'CSTR VCTK Corpus (C. Veaux, J. Yamagishi and K. MacDonald), CC BY 4.0',
    'TSP Speech': 'TSP Speech Database (P. Kabal, McGill University), published as BSD-like',
}
SONGS = {'ichbinsoftware/everythingisremixed': 'Everything is Free (everythingisremixed), CC0 1.0'}
# Backings of the mixtures by which recipes were compared.
HELD_OUT_MUSIC = ('Vibe_Ace', 'Sugar_Plum', 'Hungarian', 'zalek1')


def unit(samples):
    return samples / (samples.std() + 1e-3)


def sung(samples, rate):
    """What is left without the rests: 0.25 s around each sample are within 30 dB of the loudest, in the mean."""
    energy = uniform_filter1d(samples.astype(float) ** 2, rate // 4, mode='constant')
    return samples[energy > 1e-3 * energy.max()]


def with_images(samples, rng):
    """A voice that ends at 8 kHz, with images of its lower band above, so that what is high is not taken for the music's."""
    stuffed = np.zeros_like(samples)
    stuffed[::3] = 3 * samples[::3]
    return samples + (stuffed - samples) * decibels(-26, -8, rng)


def rows_of(folder):
    with open(os.path.join(folder, 'manifest.json')) as file:
        return json.load(file)


def read(folder, row):
    return soundfile.read(os.path.join(folder, row['file']), dtype='float32', always_2d=True)


class Recordings:
    """speech: (samples, whether it ends at 8 kHz); singing, backings of songs and all music: samples. All of one level, at RATE.

    audio: a folder with a manifest.json (file, kind, source, speaker, rate, stem); only its train/ is read.
    extra: a folder with further music, and a manifest.json (file, kind, source, licence, author, nativeRate).
    """

    def __init__(self, audio, extra, rng, share=1.0):
        rows = [row for row in rows_of(audio) if row['file'].startswith('train/')]
        self.rng, self.used = rng, {'Voices': [], 'Music': []}
        self.read_speech(audio, [row for row in rows if row['kind'] == 'speech' and row['source'] in VOICES], share)
        self.read_songs(audio, [row for row in rows if row['kind'] == 'music' and row['source'] in SONGS])
        self.music = list(self.backings)
        self.read_music(extra, share)
        for name in ('speech', 'singing', 'backings'):
            if not getattr(self, name):
                raise SystemExit(f'No {name} in {audio}: its manifest.json must list some of {", ".join([*VOICES, *SONGS])}.')

    def read_speech(self, audio, rows, share):
        rng, by_speaker, self.speech = self.rng, {}, []
        for row in rows:
            by_speaker.setdefault(row['speaker'], []).append(row)
        speakers = list(by_speaker.values())
        for own in speakers[:: round(1 / share)]:
            # Full-band voices are few, so more of each.
            count = 4 if own[0]['rate'] >= 44100 else 2
            for i in rng.permutation(len(own))[:count]:
                samples, rate = read(audio, own[i])
                if len(samples) < rate:
                    continue
                tempo, pitch = rng.uniform(0.3, 0.7), rng.uniform(-200, 500)
                slow = sox(samples[: 8 * rate, 0], rate, 'tempo', '-s', f'{tempo:.2f}', 'pitch', f'{pitch:.0f}')
                self.speech.append((unit(resample(slow, rate, RATE)), rate < 44100))
                self.note('Voices', VOICES[own[i]['source']])

    def read_songs(self, audio, rows):
        self.singing, self.backings = [], []
        for row in rows:
            samples, rate = read(audio, row)
            middle, left, right = samples.mean(1), samples[:, 0], samples[:, -1]
            self.note('Voices' if row['stem'] == 'vocals' else 'Music', SONGS[row['source']])
            if row['stem'] != 'vocals':
                self.backings += [unit(resample(channel, rate, RATE)) for channel in (middle, left)]
                continue
            for channel in (middle, left, right):
                voice = sung(channel, rate)
                shifted = [sox(voice, rate, 'pitch', str(cents)) for cents in (-300, 300, 600)]
                self.singing += [unit(resample(one, rate, RATE)) for one in (voice, *shifted)]

    def read_music(self, extra, share):
        rows = [row for row in rows_of(extra) if row['kind'] == 'music'] if extra else []
        for row in rows[:: round(1 / share)]:
            if row['nativeRate'] < 30000 or any(name in row['file'] for name in HELD_OUT_MUSIC):
                continue
            check_licence(row)
            samples, rate = read(extra, row)
            if len(samples) < 1.5 * rate:
                continue
            self.music.append(unit(resample(samples.mean(1), rate, RATE)))
            author, licence = (re.sub(r' *[<(].*', '', row[key]) for key in ('author', 'licence'))
            self.note('Music', f"{author} ({row['source']}), {licence}")

    def note(self, kind, text):
        if text not in self.used[kind]:
            self.used[kind].append(text)

    def attribution(self):
        return '. '.join(f'{kind}: ' + '; '.join(texts) for kind, texts in self.used.items())

    def piece(self, samples):
        """SECONDS from a random place."""
        length = SECONDS * RATE
        if len(samples) < length:
            samples = np.tile(samples, length // len(samples) + 1)
        start = self.rng.integers(0, len(samples) - length + 1)
        return samples[start : start + length]

    def speech_pieces(self, count):
        for i in self.rng.integers(0, len(self.speech), count):
            samples, narrow = self.speech[i]
            samples = self.piece(samples)
            yield unit(with_images(samples, self.rng) if narrow else samples)

    def pieces(self, recordings, count, odds):
        """odds: how likely a recording is by its length in samples."""
        odds = np.array([odds(len(samples)) for samples in recordings], float)
        for i in self.rng.choice(len(recordings), count, p=odds / odds.sum()):
            yield unit(self.piece(recordings[i]))
