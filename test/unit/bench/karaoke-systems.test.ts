import { describe, expect, it } from 'vitest';
import { combine, makeSong, type Channels, type Song } from '../../../bench/karaoke/songs.ts';
import { centreSystem } from '../../../bench/karaoke/systems/centre.ts';
import { mixSystem } from '../../../bench/karaoke/systems/mix.ts';
import { oracleSystem } from '../../../bench/karaoke/systems/oracle.ts';
import { repetSim, repetSimOnline } from '../../../bench/karaoke/systems/repet-sim.ts';
import { sideSystem } from '../../../bench/karaoke/systems/side.ts';
import { medianInPlace, similarFrames } from '../../../bench/karaoke/systems/similar-frames.ts';
import { sottoSystem } from '../../../bench/karaoke/systems/sotto.ts';
import type { System } from '../../../bench/karaoke/systems/system.ts';
import { siSdr } from '../../../bench/quality/metrics/si-sdr.ts';
import { median } from '../../../bench/report.ts';
import { render } from '../../../src/separator/render.ts';
import { bandDictionary } from '../../helpers/dictionaries.ts';
import { maximumDifference, noise, sine } from '../../helpers/signals.ts';

const RATE = 8000;
const MODES = ['quality', 'balanced', 'live'] as const;
const dictionary = bandDictionary([0, 1000, 4000], {
  sampleRate: RATE,
  fftSize: 512,
  labels: ['accompaniment', 'vocals'],
});

const power = (channels: Channels): number =>
  channels.reduce((sum, channel) => channel.reduce((total, value) => total + value * value, sum), 0);
const dB = (a: Channels, b: Channels): number => 10 * Math.log10(power(a) / power(b));
const silent = (length: number): Float32Array => new Float32Array(length);

/** Tones of a voice, one a quarter of a second and no two alike, without bass. */
function melody(seconds: number, amplitude = 0.3): Float32Array {
  return Float32Array.from({ length: seconds * RATE }, (_, n) => {
    const step = Math.floor((4 * n) / RATE);
    const hertz = 300 + ((step * 611) % 1500);
    const swell = Math.sin((Math.PI * 4 * n) / RATE) ** 2;
    return amplitude * swell * Math.sin((2 * Math.PI * hertz * n) / RATE);
  });
}

/** Samples after which the loop comes again: whole frames, and more than the second that repetitions must be apart. */
const PERIOD = 1.28 * RATE;

/** Bursts of noise, again and again. */
function loop(length: number, seed: number, amplitude = 0.3): Float32Array {
  const once = noise(PERIOD, seed, amplitude).map(
    (value, n) => value * Math.max(0, Math.sin((2 * Math.PI * 4 * n) / RATE)),
  );
  return Float32Array.from({ length }, (_, n) => once[n % PERIOD]!);
}

describe('every system', () => {
  const song = makeSong(
    'mixed',
    RATE,
    [melody(3), melody(3, 0.2)],
    [noise(3 * RATE, 1, 0.2), noise(3 * RATE, 2, 0.3)],
  );
  const systems: System[] = [
    mixSystem,
    sideSystem,
    centreSystem,
    repetSim,
    repetSimOnline,
    oracleSystem,
    ...MODES.map((mode) => sottoSystem({ dictionary, mode })),
  ];

  it.each(systems)('$name: the responses to voice and backing sum to what comes out', (system) => {
    const { backing, respond } = system.separate(song);
    const sum = combine(respond(song.vocals), respond(song.backing), 1);
    for (const [c, channel] of backing.entries()) {
      expect(channel.length).toBe(3 * RATE);
      expect(maximumDifference(sum[c]!, channel)).toBeLessThan(1e-5);
    }
  });

  it.each(systems)('$name: takes a song of one channel', (system) => {
    const mono = makeSong('mono', RATE, [melody(2)], [noise(2 * RATE, 1, 0.2)]);
    const { backing } = system.separate(mono);
    expect(backing.length).toBe(1);
    expect(backing[0]!.length).toBe(2 * RATE);
    expect(backing[0]!.every(Number.isFinite)).toBe(true);
  });

  it.each([sideSystem, centreSystem, repetSimOnline, sottoSystem({ dictionary, mode: 'quality' })])(
    '$name: hears nothing of what comes later than its latency',
    (system) => {
      const cut = 2 * RATE;
      const end = (channels: Channels) => channels.map((channel) => channel.map((x, n) => (n < cut ? x : 0)));
      const shorter: Song = { ...song, mix: end(song.mix) };
      const latency = system.latency(RATE)!;
      const [a, b] = [song, shorter].map((heard) =>
        system.separate(heard).backing[0]!.subarray(0, cut - latency),
      );
      expect(maximumDifference(a!, b!)).toBe(0);
    },
  );
});

describe('side', () => {
  it('takes out a voice that is the same in both channels, wholly, and keeps what is in one of them', () => {
    const voice = melody(2);
    const guitar = noise(2 * RATE, 3, 0.2);
    const song = makeSong('centred', RATE, [voice, voice], [guitar, silent(2 * RATE)]);
    const { respond } = sideSystem.separate(song);
    // The window's side lobes reach into the bass.
    expect(dB(respond(song.vocals), song.vocals)).toBeLessThan(-50);
    expect(dB(respond(song.backing), song.backing)).toBeCloseTo(0, 0);
  });

  it('is the same in both channels', () => {
    const song = makeSong('wide', RATE, [melody(1), silent(RATE)], [noise(RATE, 1), noise(RATE, 2)]);
    const [left, right] = sideSystem.separate(song).backing;
    expect(left).toEqual(right);
  });

  it('keeps the bass of the middle, and of a mono song nothing else', () => {
    const bass = sine(2 * RATE, 60, RATE);
    const voice = melody(2);
    for (const song of [
      makeSong('1', RATE, [voice], [bass]),
      makeSong('2', RATE, [voice, voice], [bass, bass]),
    ]) {
      const { respond } = sideSystem.separate(song);
      expect(dB(respond(song.backing), song.backing)).toBeCloseTo(0, 1);
      expect(dB(respond(song.vocals), song.vocals)).toBeLessThan(-50);
    }
  });
});

describe('centre', () => {
  const voice = melody(2);

  it('takes out a voice that is alone in the middle', () => {
    const backing = noise(2 * RATE, 3, 1e-6);
    const song = makeSong('centred', RATE, [voice, voice], [backing, silent(2 * RATE)]);
    const { respond } = centreSystem.separate(song);
    expect(dB(respond(song.vocals), song.vocals)).toBeLessThan(-40);
  });

  it('leaves alone what is on one side only, and what is in opposite phase', () => {
    const sides: Channels[] = [
      [noise(2 * RATE, 3), silent(2 * RATE)],
      [silent(2 * RATE), noise(2 * RATE, 3)],
      [voice, voice.map((x) => -x)],
    ];
    for (const side of sides) {
      const song = makeSong('panned', RATE, [noise(2 * RATE, 9, 1e-9), silent(2 * RATE)], side);
      const { backing } = centreSystem.separate(song);
      for (const [c, channel] of backing.entries()) {
        expect(maximumDifference(channel, song.mix[c]!)).toBeLessThan(1e-5);
      }
    }
  });

  it('lowers a centred voice more than instruments on both sides of it', () => {
    const backing = [loop(2 * RATE, 1), loop(2 * RATE, 2)];
    const song = makeSong('band', RATE, [voice, voice], backing);
    const { respond } = centreSystem.separate(song);
    expect(dB(respond(song.vocals), song.vocals)).toBeLessThan(-6);
    expect(dB(respond(song.backing), song.backing)).toBeGreaterThan(-3);
  });
});

describe('similarFrames', () => {
  it('finds maxima that stand above everything near them, the highest first when there are too many', () => {
    const values = Float32Array.of(0.9, 0.1, 0.5, 0.6, 0.2, 0.1, 0.8, 0, 0, 0.3);
    expect(similarFrames(values, 0, 10, 2, 100)).toEqual([0, 3, 6, 9]);
    expect(similarFrames(values, 0, 10, 2, 2)).toEqual([0, 6]);
    expect(similarFrames(values, 2, 5, 1, 100)).toEqual([1, 4]);
  });

  it('finds none among equals and none in silence', () => {
    expect(similarFrames(Float32Array.of(0.5, 0.5, 0.5), 0, 3, 1, 9)).toEqual([]);
    expect(similarFrames(new Float32Array(5), 0, 5, 1, 9)).toEqual([]);
  });
});

describe('medianInPlace', () => {
  it.each([1, 2, 3, 4, 5, 8, 31, 100])('of %i values, of which some are equal', (count) => {
    for (let seed = 1; seed < 20; seed++) {
      const values = noise(count, seed, 3).map((value, i) =>
        seed % 2 === 0 ? Math.round(value) : value * i,
      );
      expect(medianInPlace(values.slice(), count)).toBeCloseTo(median([...values]), 6);
    }
  });
});

describe('REPET-SIM', () => {
  const seconds = 12;
  const voice = melody(seconds);
  const song = makeSong('loop', RATE, [voice, voice], [loop(seconds * RATE, 1), loop(seconds * RATE, 2)]);
  const gains = (system: System, from = 0) => {
    const { backing } = system.separate(song);
    const after = (signal: Float32Array) => signal.subarray(from);
    const gain = (estimate: Float32Array, target: Float32Array) =>
      siSdr(after(estimate), after(target)) - siSdr(after(song.mix[0]!), after(target));
    return {
      backing: gain(backing[0]!, song.backing[0]!),
      voice: gain(combine(song.mix, backing, -1)[0]!, song.vocals[0]!),
    };
  };

  it('parts a background that repeats from a voice that does not', () => {
    const { backing, voice: sung } = gains(repetSim);
    expect(backing).toBeGreaterThan(8);
    expect(sung).toBeGreaterThan(8);
  });

  it('does so online, once it has heard some repetitions', () => {
    const { backing, voice: sung } = gains(repetSimOnline, 6 * RATE);
    expect(backing).toBeGreaterThan(5);
    expect(sung).toBeGreaterThan(5);
  });

  it('leaves the beginning as it is online, for nothing has come again yet', () => {
    const { backing } = repetSimOnline.separate(song);
    const first = RATE / 2;
    expect(maximumDifference(backing[0]!.subarray(0, first), song.mix[0]!.subarray(0, first))).toBeLessThan(
      1e-5,
    );
  });

  it('leaves everything below 100 Hz in the backing', () => {
    const bass = melody(4).map((_, n) => 0.3 * Math.sin((2 * Math.PI * 50 * n) / RATE) * (n < RATE ? 1 : 0));
    const rest = noise(4 * RATE, 4, 1e-4);
    const low = makeSong('bass', RATE, [bass], [rest]);
    const { respond } = repetSim.separate(low);
    expect(dB(respond(low.vocals), low.vocals)).toBeGreaterThan(-0.5);
  });

  it('bears silence', () => {
    const rest = [silent(RATE)];
    const { backing } = repetSim.separate({ ...song, mix: rest, vocals: rest, backing: rest });
    expect(power(backing)).toBe(0);
  });
});

describe('oracle', () => {
  it('parts what no other can: tones from noise in one channel', () => {
    const song = makeSong('tones', RATE, [melody(3)], [noise(3 * RATE, 3, 0.1)]);
    const { backing } = oracleSystem.separate(song);
    expect(siSdr(backing[0]!, song.backing[0]!)).toBeGreaterThan(siSdr(song.mix[0]!, song.backing[0]!) + 10);
  });
});

describe('sotto', () => {
  const voice = sine(2 * RATE, 2000, RATE, 0.2);
  const song = makeSong(
    'bands',
    RATE,
    [voice, voice],
    [sine(2 * RATE, 300, RATE), sine(2 * RATE, 300, RATE)],
  );

  it.each(MODES)('mode %s: is what the engine makes of a file', (mode) => {
    const { backing } = sottoSystem({ dictionary, mode }).separate(song);
    const parameters = { reduction: 36, smoothing: 0, gain1: -60 };
    const expected = render(song.mix, { sampleRate: RATE, mode, dictionary, parameters })!;
    for (const [c, channel] of backing.entries()) {
      expect(maximumDifference(channel, expected[c]!)).toBeLessThan(1e-6);
    }
  });

  it('takes out what the dictionary calls vocals, wherever it stands there', () => {
    const { respond } = sottoSystem({ dictionary, mode: 'quality' }).separate(song);
    expect(dB(respond(song.vocals), song.vocals)).toBeLessThan(-20);
    expect(Math.abs(dB(respond(song.backing), song.backing))).toBeLessThan(0.5);
  });

  it('refuses a dictionary without vocals', () => {
    const other = bandDictionary([0, 4000], { sampleRate: RATE, labels: ['noise'] });
    expect(() => sottoSystem({ dictionary: other, mode: 'live' })).toThrow(/vocals.*noise/);
  });
});
