// Mixtures of voice and noise, made in bands, and what the model sees of them.
#pragma once
#include <algorithm>
#include <cmath>

#include "shared.h"

namespace unfolded {

struct Mixed {
  // frames x rows x bands: of the mixture, of the voice, and of both: Re(mixture conj(voice)).
  float *power, *voicePower, *crossPower;
  float *input;    // frames x rows x 2 bands: magnitudes to the power gamma, and the floor under them
  float *epsilon;  // frames x rows
};

// Real and imaginary parts in turn, for one frame.
inline void unpack(const _Float16 *from, int count, float *to) {
  for (int i = 0; i < count; i++) to[i] = from[i];
}

// One frame of one part of a mixture; part: of all rows x parts. A band holds the mean power of its bins and
// one phase, so what two sounds have in common is known only in the mean: crossScale of what it would be were
// all bins alike.
inline void mixFrame(const Pairs &pairs, int bands, long part, const float *voice, const float *noise,
                     const float *other, float *power, float *voicePower, float *crossPower) {
  const long first = part * bands;
  const float *voiceGain = pairs.voiceGain + first, *noiseGain = pairs.noiseGain + first;
  const float *otherGain = pairs.otherGain + first, *scale = pairs.crossScale;
#pragma omp simd
  for (int b = 0; b < bands; b++) {
    const float voiceReal = voice[2 * b] * voiceGain[b], voiceImaginary = voice[2 * b + 1] * voiceGain[b];
    const float noiseReal = noise[2 * b] * noiseGain[b], noiseImaginary = noise[2 * b + 1] * noiseGain[b];
    const float otherReal = other[2 * b] * otherGain[b], otherImaginary = other[2 * b + 1] * otherGain[b];
    const float ofVoice = voiceReal * voiceReal + voiceImaginary * voiceImaginary;
    const float ofNoise = noiseReal * noiseReal + noiseImaginary * noiseImaginary;
    const float ofOther = otherReal * otherReal + otherImaginary * otherImaginary;
    const float amongNoises = scale[b] * (noiseReal * otherReal + noiseImaginary * otherImaginary);
    const float ofNoises = std::max(ofNoise + ofOther + 2 * amongNoises, 0.0f);
    const float real = noiseReal + otherReal, imaginary = noiseImaginary + otherImaginary;
    const float shared = scale[b] * (voiceReal * real + voiceImaginary * imaginary);
    // Where both cancel out, never all of it.
    power[b] = std::max(ofVoice + ofNoises + 2 * shared, 1e-3f * (ofVoice + ofNoises)) + 1e-12f;
    voicePower[b] = ofVoice;
    crossPower[b] = ofVoice + shared;
  }
}

inline void followFloor(const Share &share, Workspace &space, float *input) {
  const int bands = share.sizes.bands, inputs = share.inputs();
  float *smoothed = space.take(long(share.rows) * bands);
  std::fill_n(smoothed, long(share.rows) * bands, 0.0f);
  for (int t = 0; t < share.sizes.frames; t++) {
    const bool settling = t < share.sizes.settling;
    const float keep = settling ? float(t) / (t + 1) : share.constants.smooth;
    for (int row = 0; row < share.rows; row++) {
      const float *v = input + (long(t) * share.rows + row) * inputs;
      float *smooth = smoothed + long(row) * bands;
      float *floor = input + (long(t) * share.rows + row) * inputs + bands;
      const float *last = floor - long(share.rows) * inputs;
#pragma omp simd
      for (int b = 0; b < bands; b++) smooth[b] = keep * smooth[b] + (1 - keep) * v[b];
      if (settling) {
        std::copy_n(smooth, bands, floor);
      } else {
#pragma omp simd
        for (int b = 0; b < bands; b++) floor[b] = std::min(smooth[b], last[b] * share.constants.rise);
      }
    }
  }
}

inline Mixed mix(const Share &share, Workspace &space) {
  const Pairs &pairs = share.pairs;
  const int bands = share.sizes.bands, rows = share.rows, inputs = share.inputs();
  const long all = long(share.sizes.frames) * rows;
  const int parts = share.sizes.parts, framesOfPart = share.sizes.frames / parts;
  Mixed mixed{space.take(all * bands), space.take(all * bands), space.take(all * bands),
              space.take(all * inputs), space.take(all)};
  float *voice = space.take(2 * bands), *noise = space.take(2 * bands), *other = space.take(2 * bands);
  std::fill_n(other, 2 * bands, 0.0f);
  for (int t = 0; t < share.sizes.frames; t++) {
    for (int row = 0; row < rows; row++) {
      const long part = long(share.first + row) * parts + t / framesOfPart;
      const long frame = long(t) * rows + row, place = long(t % framesOfPart) * bands * 2;
      unpack(pairs.voice[part] + place, 2 * bands, voice);
      unpack(pairs.noise[part] + place, 2 * bands, noise);
      // Without another noise its gain is 0, whatever was read last.
      if (pairs.other[part]) unpack(pairs.other[part] + place, 2 * bands, other);
      float *power = mixed.power + frame * bands, *v = mixed.input + frame * inputs;
      mixFrame(pairs, bands, part, voice, noise, other, power, mixed.voicePower + frame * bands,
               mixed.crossPower + frame * bands);
      float sum = 0;
#pragma omp simd reduction(+ : sum)
      for (int b = 0; b < bands; b++) {
        v[b] = std::exp(0.5f * share.constants.gamma * std::log(power[b]));
        sum += v[b];
      }
      mixed.epsilon[frame] = share.constants.epsilon * sum / bands;
    }
  }
  followFloor(share, space, mixed.input);
  return mixed;
}

}  // namespace unfolded
