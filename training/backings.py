"""Backings made by rule: chords, bass, drums and melodies of instruments, composed at random and played from a sound font. There is little
music that may train a dictionary that is shipped, and no two songs have the same instruments."""
import os
import shutil
import subprocess
import tempfile

import mido
import numpy as np
import soundfile

from model import RATE

# FluidR3, MIT licence.
FONT = '/usr/share/sounds/sf2/FluidR3_GM.sf2'
TICKS = 480
# Programs of General MIDI. Those that imitate voices are left out.
BASSES = range(32, 40)
CHORDS = [*range(0, 8), *range(16, 22), *range(24, 31), 46, *range(48, 52), *range(61, 64), 80, 81, 88, 89, 90, *range(92, 96), 99]
LEADS = [*range(8, 15), 22, *range(24, 31), *range(40, 43), *range(56, 61), *range(64, 80), *range(80, 85), 86, 87, *range(104, 109), 110]
KITS = (0, 8, 16, 24, 25, 32, 40)
DRUMS = 9
MAJOR, MINOR = (0, 2, 4, 5, 7, 9, 11), (0, 2, 3, 5, 7, 8, 10)
PROGRESSIONS = ((0, 4, 5, 3), (5, 3, 0, 4), (0, 5, 3, 4), (0, 3, 4, 3), (1, 4, 0, 5), (0, 0, 3, 4), (0, 6, 5, 4), (0, 2, 3, 4))


def require_player():
    """Ends the program where the backings cannot be played."""
    if not shutil.which('fluidsynth'):
        raise SystemExit('fluidsynth was not found; it plays the backings (Debian: apt install fluidsynth fluid-soundfont-gm).')
    if not os.path.exists(FONT):
        raise SystemExit(f'{FONT} was not found; the backings are played from it (Debian: apt install fluid-soundfont-gm).')


class Part:
    """What one instrument plays: notes from and to a beat."""

    def __init__(self, rng, channel, program, loudness):
        self.rng, self.channel, self.messages = rng, channel, []
        controls = {7: loudness * rng.uniform(0.6, 1) * 127, 10: rng.uniform(20, 108), 91: rng.uniform(0, 110), 93: rng.uniform(0, 40)}
        self.add(0, 'program_change', program=int(program))
        for control, value in controls.items():
            self.add(0, 'control_change', control=control, value=int(value))

    def add(self, beat, kind, **values):
        self.messages.append((max(0, int(beat * TICKS)), mido.Message(kind, channel=self.channel, **values)))

    def play(self, beat, length, note, velocity):
        rng = self.rng
        beat += rng.normal(0, 0.01)
        velocity = int(np.clip(velocity + rng.normal(0, 8), 20, 127))
        note = int(np.clip(note, 12, 115))
        self.add(beat, 'note_on', note=note, velocity=velocity)
        self.add(beat + max(0.05, length), 'note_off', note=note, velocity=0)

    def vibrato(self, beat, amount):
        self.add(beat, 'control_change', control=1, value=int(amount))

    def track(self):
        track, last = mido.MidiTrack(), 0
        for tick, message in sorted(self.messages, key=lambda entry: entry[0]):
            track.append(message.copy(time=tick - last))
            last = tick
        return track


class Composer:
    """A key, a scale and chords, and what the parts of a band make of them."""

    def __init__(self, rng, beats):
        self.rng, self.beats = rng, beats
        self.scale = MAJOR if rng.random() < 0.5 else MINOR
        self.key = int(rng.integers(0, 12))
        self.progression = PROGRESSIONS[rng.integers(len(PROGRESSIONS))]
        self.slow = rng.random() < 0.3

    def degree(self, degree, octave):
        return self.key + 12 * octave + self.scale[degree % 7] + 12 * (degree // 7)

    def chord_at(self, beat):
        return self.progression[int(beat // (8 if self.slow else 4)) % len(self.progression)]

    def bass(self, part):
        rng = self.rng
        pattern = [0.0, *sorted(rng.choice(np.arange(0.5, 4, 0.5), rng.integers(1, 7), replace=False))]
        octave = rng.integers(2, 4)
        for bar in range(0, self.beats, 4):
            for start, end in zip(pattern, [*pattern[1:], 4.0]):
                step = rng.choice([0, 0, 0, 4, 7])
                part.play(bar + start, (end - start) * rng.uniform(0.5, 0.98), self.degree(self.chord_at(bar + start) + step, octave), 95)

    def chords(self, part):
        rng, style = self.rng, self.rng.choice(['held', 'struck', 'broken'])
        octave, voices = rng.integers(4, 6), [0, 2, 4, 7, 9][: rng.integers(3, 6)]
        grid = rng.choice([0.25, 0.5, 1.0])
        hits = rng.random(int(4 / grid)) < rng.uniform(0.35, 0.9)
        for bar in range(0, self.beats, 4):
            chord = self.chord_at(bar)
            if style == 'held':
                for voice in voices:
                    part.play(bar, 3.95, self.degree(chord + voice, octave), 75)
                continue
            for i, hit in enumerate(hits):
                if not hit:
                    continue
                chosen = [voices[i % len(voices)]] if style == 'broken' else voices
                for n, voice in enumerate(chosen):
                    part.play(bar + i * grid + 0.015 * n, grid * rng.uniform(0.4, 1.5), self.degree(chord + voice, octave), 80)

    def lead(self, part):
        rng = self.rng
        octave, place, beat = rng.integers(4, 7), 0, 0.0
        if rng.random() < 0.5:
            part.vibrato(0, rng.uniform(20, 90))
        while beat < self.beats:
            length = rng.choice([0.25, 0.5, 0.5, 1, 1.5, 2])
            if rng.random() < 0.85:
                place = int(np.clip(place + rng.integers(-3, 4), -5, 9))
                part.play(beat, length * rng.uniform(0.5, 1), self.degree(place, octave), 90)
            beat += length

    def drums(self, part):
        rng, hats = self.rng, self.rng.choice([0.25, 0.5, 1.0])
        kicks = {0.0, *rng.choice(np.arange(0, 4, 0.5), rng.integers(1, 4), replace=False)}
        hat = rng.choice([42, 42, 44, 51, 69, 70])
        for bar in range(0, self.beats, 4):
            for kick in kicks:
                part.play(bar + kick, 0.2, 36, 105)
            for snare in (1, 3):
                part.play(bar + snare, 0.2, rng.choice([37, 38, 38, 39, 40]), 100)
            for i in range(int(4 / hats)):
                if rng.random() < 0.9:
                    part.play(bar + i * hats, 0.1, hat, 70)
            if rng.random() < 0.2:
                for i in range(4):
                    part.play(bar + 3 + i / 4, 0.2, rng.choice([41, 43, 45, 47, 50]), 90)
            if rng.random() < 0.15:
                part.play(bar, 1, rng.choice([49, 57]), 95)


def compose(rng, seconds):
    """A song as MIDI."""
    tempo = rng.uniform(65, 165)
    beats = int(np.ceil(seconds * tempo / 60 / 4)) * 4
    composer, midi = Composer(rng, beats), mido.MidiFile(ticks_per_beat=TICKS)
    parts = []

    def add(channel, program, loudness, write):
        part = Part(rng, channel, program, loudness)
        write(part)
        parts.append(part)

    if rng.random() < 0.8:
        add(DRUMS, rng.choice(KITS), 1, composer.drums)
    if rng.random() < 0.85:
        add(0, rng.choice(BASSES), 0.9, composer.bass)
    for channel in range(1, 1 + rng.integers(1, 4)):
        add(channel, rng.choice(CHORDS), 0.75, composer.chords)
    for channel in range(5, 5 + rng.integers(0, 3)):
        add(channel, rng.choice(LEADS), 0.8, composer.lead)
    first = mido.MidiTrack([mido.MetaMessage('set_tempo', tempo=mido.bpm2tempo(tempo))])
    midi.tracks += [first, *(part.track() for part in parts)]
    return midi


def played(midi, rng):
    """Both channels of a song as the sound font plays it: samples x 2 at RATE."""
    with tempfile.TemporaryDirectory() as folder:
        song, sound = os.path.join(folder, 'song.mid'), os.path.join(folder, 'song.wav')
        midi.save(song)
        room = f'synth.reverb.room-size={rng.uniform(0.1, 0.9):.2f}'
        options = ['-q', '-n', '-i', '-g', '0.4', '-r', str(RATE), '-o', 'synth.dynamic-sample-loading=1', '-o', room]
        subprocess.run(['fluidsynth', *options, '-F', sound, FONT, song], check=True, capture_output=True)
        samples, _ = soundfile.read(sound, dtype='float32', always_2d=True)
    return samples


def backing(rng, seconds):
    """A song without a voice: samples x 2 at RATE."""
    return played(compose(rng, seconds), rng)[: int(seconds * RATE)]
