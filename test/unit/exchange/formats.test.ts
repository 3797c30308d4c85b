import { describe, expect, it } from 'vitest';
import { readWav, writeWav } from '../../../src/audio/wav.ts';
import {
  DictionaryError,
  readDictionary,
  readNpy,
  writeDictionary,
  writeNpy,
  writeSafetensors,
} from '../../../src/dictionary/index.ts';
import type { ReadDictionaryOptions } from '../../../src/dictionary/index.ts';
import { loadDictionary } from '../../../src/node/load-dictionary.ts';
import { exchangeFixture, ruledAtoms, unusualDictionary } from '../../helpers/exchange.ts';
import { maximumDifference } from '../../helpers/signals.ts';
import { dictionaryOf, twoBandDictionary } from '../../helpers/small-dictionaries.ts';

const matrix = (rows: number, columns: number): Uint8Array =>
  writeNpy({ shape: [rows, columns], data: new Float32Array(rows * columns).fill(1) });

describe('a dictionary written and read back', () => {
  const dictionary = unusualDictionary();

  it('as .npz is the same in everything, to the bit, and always the same bytes', () => {
    const bytes = writeDictionary(dictionary, 'npz');
    const back = readDictionary(bytes);
    expect(back).toEqual(dictionary);
    expect(writeDictionary(back, 'npz')).toEqual(bytes);
  });

  it('as .safetensors is told by its content', () => {
    expect(readDictionary(writeDictionary(dictionary, 'safetensors'))).toEqual(dictionary);
  });

  it('as .npy keeps its atoms to the bit, and takes the rest from the options', () => {
    const { name, sampleRate, windowLength, hop, window, exponent, divergence, sources, card } = dictionary;
    const options = { name, sampleRate, windowLength, hop, window, exponent, divergence, sources, card };
    const { tensors: _, ...rest } = dictionary;
    expect(readDictionary(writeDictionary(dictionary, 'npy'), options)).toEqual(rest);
  });

  it("as WAV is FluCoMa's: an atom per channel, the bins its frames, and the sample rate in the header", () => {
    const plain = twoBandDictionary();
    const bytes = writeDictionary(plain, 'wav');
    const audio = readWav(bytes);
    expect(audio).toMatchObject({ sampleRate: 16000, format: 'float32' });
    expect(audio.channels).toHaveLength(6);
    expect(audio.channels[0]).toHaveLength(257);
    const back = readDictionary(bytes);
    expect(back.atoms).toEqual(plain.atoms);
    expect(back).toMatchObject({ sampleRate: 16000, fftSize: 512, windowLength: 512, hop: 128 });
  });

  it('as WAV may have several hundred atoms', () => {
    const rows = Array.from({ length: 600 }, (_, k) =>
      Float32Array.from({ length: 33 }, (__, f) => 1 + ((f * k) % 7)),
    );
    expect(readDictionary(writeDictionary(dictionaryOf(rows, { hop: 16 }), 'wav')).atomCount).toBe(600);
  });

  it('is refused where the format cannot hold it', () => {
    expect(() => writeDictionary(dictionary, 'wav')).toThrow(/whole number of Hz, not 22050\.5/);
    const tensors = [{ name: '../../etc/passwd', shape: [1], data: new Float32Array(1) }];
    expect(() => writeDictionary({ ...dictionary, tensors }, 'npz')).toThrow(
      /cannot be a member of an \.npz/,
    );
  });
});

describe('a file that NumPy wrote', () => {
  const sameAtoms = (atoms: Float32Array): void =>
    expect(maximumDifference(atoms, ruledAtoms())).toBeLessThan(1e-8);

  it("of scikit-learn's components_", () => {
    const d = readDictionary(exchangeFixture('scikit-learn.npz'), { name: 'Mine' });
    sameAtoms(d.atoms);
    expect(d).toMatchObject({
      name: 'Mine',
      sampleRate: 16000,
      fftSize: 64,
      windowLength: 64,
      hop: 16,
      sources: [{ label: 'source', from: 0, to: 6 }],
    });
  });

  it("of librosa's W: deflated, transposed, in Fortran order, with a label for each atom", () => {
    const d = readDictionary(exchangeFixture('librosa.npz'));
    sameAtoms(d.atoms);
    expect(d.sampleRate).toBe(22050);
    expect(d.sources).toEqual([
      { label: 'voice', from: 0, to: 4 },
      { label: 'Rauschen ≈ noise 🎙', from: 4, to: 6 },
    ]);
  });

  it('of half precision, big-endian', () => {
    sameAtoms(readDictionary(exchangeFixture('half-big-endian.npy'), { sampleRate: 16000 }).atoms);
    const halves = writeNpy({ shape: [1, 6], data: new Float32Array(6) });
    const bytes = Buffer.from(halves.subarray(0, 128 + 12));
    bytes.write('<f2', bytes.indexOf('<f4'));
    for (const [i, bits] of [0x3c00, 0xc000, 0x0001, 0x7bff, 0x7c00, 0x3555].entries()) {
      bytes.writeUInt16LE(bits, 128 + 2 * i);
    }
    const expected = [1, -2, 2 ** -24, 65504, Infinity, 0.333251953125];
    expect(Array.from(readNpy(new Uint8Array(bytes)).data)).toEqual(expected);
  });

  it('of whole numbers, transposed', () => {
    sameAtoms(readDictionary(exchangeFixture('integers.npy'), { sampleRate: 16000 }).atoms);
  });

  it('of Python objects is refused: a pickle is never read', () => {
    expect(() => readDictionary(exchangeFixture('pickle.npz'))).toThrow(
      /In the array "atoms": The NumPy array is of type "\|O": Python objects \(a pickle\)/,
    );
  });
});

describe('the orientation of a matrix', () => {
  const shapeOf = (bytes: Uint8Array, options: ReadDictionaryOptions = {}): [number, number] => {
    const d = readDictionary(bytes, { sampleRate: 48000, ...options });
    return [d.atomCount, d.fftSize];
  };

  it('is told by the side that is a power of two and one, or that the FFT size gives', () => {
    expect(shapeOf(matrix(20, 257))).toEqual([20, 512]);
    expect(shapeOf(matrix(257, 20))).toEqual([20, 512]);
    expect(shapeOf(matrix(20, 481), { fftSize: 960 })).toEqual([20, 960]);
    expect(shapeOf(matrix(481, 20), { fftSize: 960 })).toEqual([20, 960]);
    expect(shapeOf(matrix(65, 129), { fftSize: 128 })).toEqual([129, 128]);
    expect(shapeOf(matrix(65, 65), { orientation: 'columns' })).toEqual([65, 128]);
    expect(shapeOf(matrix(20, 481), { orientation: 'rows' })).toEqual([20, 960]);
  });

  it('is asked for where neither or both fit', () => {
    expect(() => shapeOf(matrix(20, 100))).toThrow(/\(20, 100\), no side .* give the option fftSize/);
    expect(() => shapeOf(matrix(65, 129))).toThrow(
      /either side .* option fftSize \(--fft-size\) or orientation/,
    );
    expect(() => shapeOf(matrix(65, 65), { fftSize: 128 })).toThrow(/option orientation \(--atoms rows/);
    expect(() => shapeOf(matrix(20, 257), { fftSize: 1024 })).toThrow(
      /1024 gives 513 bins, which neither side/,
    );
    const columns = { orientation: 'columns', fftSize: 512 } as const;
    expect(() => shapeOf(matrix(20, 257), columns)).toThrow(/columns of 20 bins; an FFT of 512 gives 257/);
  });
});

describe('facts', () => {
  const npy = matrix(4, 257);

  it('that are missing are asked for by the name of their option', () => {
    expect(() => readDictionary(npy)).toThrow(
      /sample rate; .* option sampleRate \(sotto convert --sample-rate HZ\)/,
    );
  });

  it('of the options are checked as those of any dictionary', () => {
    const wrong: readonly [ReadDictionaryOptions, RegExp][] = [
      [{ sampleRate: 44 }, /sample rate of the dictionary is 44 Hz/],
      [{ sampleRate: 44100, hop: 600 }, /hop of the dictionary is 600/],
      [{ sampleRate: 44100, windowLength: 1024 }, /window length of the dictionary is 1024/],
      [{ sampleRate: 44100, exponent: 0 }, /exponent of the dictionary is 0/],
      [{ sampleRate: 44100, sources: [{ label: 'voice', from: 0, to: 3 }] }, /cover 3 of 4 atoms/],
      [{ sampleRate: 44100, sources: [{ label: 'voice', from: 0, to: 5 }] }, /ends at atom 5/],
    ];
    for (const [options, message] of wrong) expect(() => readDictionary(npy, options)).toThrow(message);
  });

  it('that contradict the file are refused, except the rate in the header of a WAV', () => {
    const d = twoBandDictionary();
    for (const format of ['safetensors', 'npz'] as const) {
      const bytes = writeDictionary(d, format);
      expect(() => readDictionary(bytes, { sampleRate: 48000 })).toThrow(
        /says that its sample rate is 16000, and the option says 48000/,
      );
      expect(() => readDictionary(bytes, { sources: d.sources })).toThrow(/leave the option sources out/);
      expect(readDictionary(bytes, { sampleRate: 16000, fftSize: 512 })).toEqual(d);
    }
    expect(readDictionary(writeDictionary(d, 'wav'), { sampleRate: 48000 }).sampleRate).toBe(48000);
  });

  it('are given to a Blob as the library loads it', async () => {
    const blob = new File([npy as Uint8Array<ArrayBuffer>], 'my voice.npy');
    const sources = [{ label: 'voice', from: 0, to: 4 }];
    const d = await loadDictionary(blob, { sampleRate: 44100, sources });
    expect(d).toMatchObject({ name: 'my voice', sampleRate: 44100, sources });
    await expect(loadDictionary(blob)).rejects.toThrow(DictionaryError);
    const own = new Blob([writeSafetensors(twoBandDictionary()) as Uint8Array<ArrayBuffer>]);
    expect((await loadDictionary(own)).name).toBe('Two bands');
  });
});

describe('what is no dictionary', () => {
  const sampleRate = 16000;
  const changed = (k: number, f: number, value: number): Uint8Array => {
    const data = new Float32Array(4 * 257).fill(1);
    data[k * 257 + f] = value;
    return writeNpy({ shape: [4, 257], data });
  };
  const recording = (length: number): Uint8Array =>
    writeWav({
      sampleRate,
      format: 'pcm16',
      channels: [Float32Array.from({ length }, (_, n) => Math.sin(n))],
    }).bytes;
  const zeros = writeNpy({
    shape: [2, 33],
    data: Float32Array.from({ length: 66 }, (_, i) => (i < 33 ? 1 : 0)),
  });
  const wrong: readonly [string, Uint8Array, RegExp][] = [
    ['nothing', new Uint8Array(0), /file is empty/],
    [
      'a recording',
      recording(8000),
      /is a WAV audio file; a dictionary as WAV .* for instance 513, .* 8000 frames/,
    ],
    [
      'a recording of as many samples',
      recording(1025),
      /Atom 0 has the value -0\.\d+ in bin 4; .* none negative/,
    ],
    ['a WAV that is cut off', recording(1025).slice(0, 600), /cut off/],
    ['a picture', Uint8Array.from(Buffer.from('\x89PNG\r\n\x1a\n0000', 'latin1')), /is a PNG image/],
    [
      'a vector',
      writeNpy({ shape: [257], data: new Float32Array(257) }),
      /shape \(257,\); a matrix is needed/,
    ],
    ['a negative value', changed(2, 3, -0.5), /Atom 2 has the value -0\.5 in bin 3/],
    ['a value that is not a number', changed(1, 256, Number.NaN), /Atom 1 has the value NaN in bin 256/],
    ['an infinite value', changed(0, 0, Infinity), /Atom 0 has the value Infinity in bin 0/],
    ['an atom of zeros', zeros, /Atom 1 is zero in every bin/],
    ['no atoms', writeNpy({ shape: [0, 257], data: new Float32Array(0) }), /has 0 atoms of 257 bins/],
    ['too many atoms', matrix(5000, 9), /has 5000 atoms of 9 bins/],
    ['too many bins', matrix(1, 131073), /has 1 atoms of 131073 bins/],
  ];
  it.each(wrong)('%s: says what is wrong', (_, bytes, message) => {
    expect(() => readDictionary(bytes, { sampleRate })).toThrow(message);
    expect(() => readDictionary(bytes, { sampleRate })).toThrow(DictionaryError);
  });
});
