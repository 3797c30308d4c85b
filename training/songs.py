"""Voices and backings for the updates of the karaoke dictionary: which recordings, what is made besides them, and how they become
segments."""
import multiprocessing

import numpy as np
from scipy.signal import fftconvolve

import recordings
from backings import backing, require_player
from karaoke_recordings import HELD_OUT_MUSIC
from mixtures import Corpus, stretched
from model import BINS, RATE
from recordings import mirrored, resample
from singing import made_to_sing, require_singer
from synthesis import decibels, log_uniform

# How much the atoms, the updates and the place of a voice count, and what is added (src/dictionary/cues.ts): for stereo, then for mono
# sound; each at 300, 1500 and 6000 Hz. Set by hand between what did best on three stereo songs at hand for tuning
# (Caesium, Potassium and MUSDB's 80s Rock), on songs made by rule, and on MIR-1K, which trained nothing; each with several trainings of the
# updates, so that the weights do not count on singers that one of them happens to know; then moved towards taking more for voice
# (higher offsets, and sharper models where there is no place), until it was 10 dB down on most of them, at the cost of half a dB of SI-SDR.
CUES = np.array(
    [
        [[0.5, 0.5, 0.2], [1.4, 0.85, 1.6], [0.9, 1.6, 1.5], [3.3, 2.4, 2.3]],
        [[0.45, 0.6, 0.3], [0.75, 0.75, 0.6], [0.0, 0.0, 0.0], [0.4, -0.6, -0.4]],
    ],
    np.float32,
)
# Of the voices: sung by speakers or from syllables, slowed speech, singers; the rest is speech.
SUNG, SLOWED, SINGERS = 0.4, 0.12, 0.2
# Of what is made to sing: how much is syllables of singers, one after the other, and how long they are held.
OF_SYLLABLES, HELD = 0.35, (0.7, 1.6)
# How many of the backings are made by rule.
MADE = 0.45
SINGINGS, BACKINGS, BACKING_SECONDS = 600, 260, 24
# Kept from the updates, for the choice of weights and recipes; the plain atoms know this song.
KEPT_SONG = 'Potassium'
# Of a room before its sound is heard, in samples.
LEAD = RATE // 2
LOW_RATE = 16000


_made_by = None


def _make(seed):
    return _made_by(seed)


def in_parallel(function, seeds, workers):
    """What the function makes of each seed, but for None."""
    global _made_by
    # Forked with it, not sent to the processes: all share one copy of the recordings.
    _made_by = function
    with multiprocessing.get_context('fork').Pool(workers) as pool:
        return [made for made in pool.map(_make, seeds) if made is not None]


class Songs(recordings.Recordings):
    """The voices of Recordings, and music in place of noises. sung: (samples, upper band or none), made of them and of syllables that
    singers sang one by one; backings: samples x 2; both in half precision, as there are many."""

    def __init__(self, audio, extra=(), workers=1):
        require_singer()
        require_player()
        self.syllables = {}
        super().__init__(audio, extra)
        # A long recording has more to give, but not as much more.
        self.singing_odds = np.array([len(samples) for samples, _ in self.singing]) ** 0.5
        self.singing_odds /= self.singing_odds.sum()
        self.noise_credits = [credit for credit in self.noise_credits if credit not in recordings.NOISES.values()]
        self.noise_credits.append(('FluidR3 (F. Wen), played by rule', 'MIT'))
        self.music_odds = np.array([min(len(samples), 90 * RATE) ** 0.7 for samples in self.music])
        self.music_odds /= self.music_odds.sum()
        self.sung = in_parallel(self.sing, range(SINGINGS), workers)
        self.backings = in_parallel(self.play, range(BACKINGS), workers)
        if not self.sung or not self.singing:
            raise SystemExit('There is no singing: praat made none of the voices, or the recordings have none.')

    def lists(self):
        return [*super().lists(), [samples for samples, _ in self.sung], self.backings]

    def read_noises(self, audio, rows):
        pass

    def set_odds(self, own_voices, own_noises, families):
        super().set_odds(own_voices, 0, [])

    def read_songs(self, audio, rows):
        for row in rows:
            samples = resample(*recordings.read(f"{audio}/{row['file']}"))
            if KEPT_SONG not in row['file']:
                (self.singing.append((samples, None)) if 'vocals' in row['file'] else self.music.append(samples))
            elif 'vocals' not in row['file']:
                self.kept_noises.append(samples)

    def read_further(self, row):
        if row['kind'] == 'noise':
            return
        if row['kind'] == 'music' and any(name in row['file'] for name in HELD_OUT_MUSIC):
            self.kept_noises.append(resample(*recordings.read(row['path'])))
            return
        if row['kind'] == 'syllables':
            self.syllables.setdefault(row['speaker'], []).append(resample(*recordings.read(row['path'])).astype(np.float16))
            self.voice_credits.append((row.get('corpus', row['source']), recordings.short(row['licence'])))
            return
        super().read_further(row)

    def sing(self, seed):
        rng = np.random.default_rng([7, seed])
        if self.syllables and rng.random() < OF_SYLLABLES:
            of = list(self.syllables.values())[rng.integers(len(self.syllables))]
            made = made_to_sing(in_a_row(of, 8 * RATE, rng), RATE, rng, slowness=HELD)
            return None if made is None else (made.astype(np.float16), None)
        samples, upper = self.voices[rng.choice(len(self.voices), p=self.odds)]
        rate = RATE if upper is None else LOW_RATE
        made = made_to_sing(resample(samples, RATE, rate), rate, rng)
        if made is None:
            return None
        upper = None if upper is None else mirrored(made, rate).astype(np.float16)
        return resample(made, rate).astype(np.float16), upper

    @staticmethod
    def play(seed):
        return backing(np.random.default_rng([8, seed]), BACKING_SECONDS).astype(np.float16)


def in_a_row(syllables, length, rng):
    """Some of them until they are long enough, without the silence around each, and as loud as each other."""
    row, long = [], 0
    while long < length:
        samples = syllables[rng.integers(len(syllables))].astype(np.float32)
        heard = np.flatnonzero(np.abs(samples) > 0.05 * np.abs(samples).max())
        samples = samples[heard[0] : heard[-1] + 1] if len(heard) else samples
        # Long takes of one vowel give a part.
        start = rng.integers(0, max(1, len(samples) - 2 * RATE))
        samples = samples[start : start + 2 * RATE]
        row.append(samples / (samples.std() + 1e-6))
        long += len(samples)
    return np.concatenate(row)


def with_room(samples, rng):
    """Reverberation belongs to a voice as it is in songs."""
    length = int(RATE * log_uniform(0.15, 2.2, rng))
    tail = rng.standard_normal(length) * 10 ** (-3 * np.arange(length) / length)
    tail[: int(RATE * rng.uniform(0, 0.03))] = 0
    if rng.random() < 0.5:
        # A dark one.
        tail += 0.15 * np.cumsum(tail)
    wet = fftconvolve(samples, tail)[: len(samples)]
    return samples + wet * samples.std() / (wet.std() + 1e-6) * decibels(-20, -3, rng)


class SongCorpus:
    """Segments of voices as they are in songs, and of backings."""

    def __init__(self, songs, rng):
        self.songs, self.rng, self.speech = songs, rng, Corpus(songs, rng)

    def voice(self, length):
        """Samples, and whether they say nothing above 8 kHz."""
        songs, rng = self.songs, self.rng
        kind = rng.choice(4, p=(SUNG, SLOWED, SINGERS, 1 - SUNG - SLOWED - SINGERS))
        if kind == 3:
            samples, band = self.speech.voice(length)
            return samples, band < BINS
        if kind == 1:
            return stretched(songs.slowed[rng.integers(len(songs.slowed))], length, rng.uniform(0.8, 1.25), rng), False
        if kind == 0:
            samples, upper = songs.sung[rng.integers(len(songs.sung))]
        else:
            samples, upper = songs.singing[rng.choice(len(songs.singing), p=songs.singing_odds)]
        samples = samples.astype(np.float32)
        if upper is not None:
            samples = samples + upper[: len(samples)] * decibels(-24, 3, rng)
        return stretched(samples, length, rng.uniform(0.8, 1.25), rng), False

    def in_song(self, length):
        """A voice as it is in songs: doubled or driven at times, in a room, and with rests."""
        rng = self.rng
        samples, narrow = self.voice(length + LEAD)
        if rng.random() < 0.25:
            samples = samples + np.roll(samples, int(RATE * rng.uniform(0.005, 0.03))) * decibels(-6, 0, rng)
        if rng.random() < 0.25:
            samples = np.tanh(samples * rng.uniform(0.3, 3) / (samples.std() + 1e-6))
        if rng.random() < 0.7:
            samples = with_room(samples, rng)
        samples = samples[LEAD:]
        if rng.random() < 0.25:
            cut = rng.integers(0, length)
            samples[slice(cut) if rng.random() < 0.5 else slice(cut, None)] = 0
        return samples, narrow

    def backing(self, length):
        songs, rng = self.songs, self.rng
        if rng.random() < MADE:
            channels, share = songs.backings[rng.integers(len(songs.backings))], rng.random()
            samples = (channels[:, 0] * share + channels[:, 1] * (1 - share)).astype(np.float32)
        else:
            samples = songs.music[rng.choice(len(songs.music), p=songs.music_odds)]
        return stretched(samples, length, rng.uniform(0.8, 1.25), rng)

    def segment(self, kind, length):
        samples, narrow = self.in_song(length) if kind == 'voice' else (self.backing(length), False)
        if self.rng.random() < (0.8 if kind == 'voice' else 0.5):
            samples = self.speech.equalized(samples, 10 if kind == 'voice' else 8)
        return samples.astype(np.float32), narrow
