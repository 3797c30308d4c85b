// From activations to masks, and what the training makes small: the mask head of model.py and the loss of
// loss.py, in bands.
#pragma once
#include <algorithm>
#include <cmath>

#include "mixing.h"
#include "products.h"
#include "shared.h"

namespace unfolded {

// Sums over the mixtures of a thread; scaled by the caller.
struct Losses {
  double compressed = 0, decibels = 0;
};

class Masks {
  // One judged frame of one mixture. voice, noise: what the reconstruction atoms say, and then the
  // gradients by it.
  struct Frame {
    const float *v, *floor, *power, *voicePower, *crossPower;
    float epsilon;
    float *voice, *noise, *mask;
  };
  // Per band, of the frame at hand.
  struct Bands {
    float *unexplained, *withRest, *logWithRest, *noise, *logVoice, *logNoise, *logFloor, *more, *byMask;
  };
  struct Presence {
    float voice, noise;  // sums over bands
    float share, power;  // voice / (voice + noise), and that to the exponent
  };

  const Share &share;
  const Mixed &mixed;
  const Matrices &matrices;
  const int bands, rows, judged, atoms;
  float *activations, *voice, *noise, *mask, *byVoice, *byNoise, *error, *voicePower;
  Bands scratch;

  Frame frame(int i, int row) const {
    const long all = (long(i) * share.sizes.stride) * rows + row, at = (long(i) * rows + row) * bands;
    const float *v = mixed.input + all * share.inputs();
    return {v,
            v + bands,
            mixed.power + all * bands,
            mixed.voicePower + all * bands,
            mixed.crossPower + all * bands,
            mixed.epsilon[all],
            voice + at,
            noise + at,
            mask + at};
  }

 public:
  Masks(const Share &share, const Mixed &mixed, Workspace &space)
      : share(share),
        mixed(mixed),
        matrices(share.matrices),
        bands(share.sizes.bands),
        rows(share.rows),
        judged(share.judged()),
        atoms(share.sizes.atoms) {
    const long all = long(judged) * rows;
    activations = space.take(all * atoms);
    voice = space.take(all * bands), noise = space.take(all * bands), mask = space.take(all * bands);
    byVoice = space.take(all * bands), byNoise = space.take(all * bands);
    error = space.take(rows), voicePower = space.take(rows);
    float **parts = reinterpret_cast<float **>(&scratch);
    for (size_t i = 0; i < sizeof(Bands) / sizeof(float *); i++) parts[i] = space.take(bands);
  }

  void forward(const float *allActivations) {
    const long ofAtoms = long(rows) * atoms;
    for (int i = 0; i < judged; i++) {
      std::copy_n(allActivations + i * share.sizes.stride * ofAtoms, ofAtoms, activations + i * ofAtoms);
    }
    multiply(judged * rows, bands, atoms, activations, matrices.voiceTransposed, voice);
    multiply(judged * rows, bands, atoms, activations, matrices.noiseTransposed, noise);
    std::fill_n(error, rows, 0.0f);
    std::fill_n(voicePower, rows, 1e-2f);
    for (int i = 0; i < judged; i++) {
      for (int row = 0; row < rows; row++) {
        const Frame at = frame(i, row);
        explain(at);
        addError(at, error[row], voicePower[row]);
      }
    }
  }

  // The losses; with gradients also those, and the gradient by the activations of all frames. perFrame,
  // perMixture: what the losses of one count.
  Losses judge(float perFrame, float perMixture, Gradients *gradients, float *byActivations) {
    Losses losses;
    for (int row = 0; row < rows; row++)
      losses.decibels += 10 * std::log10(error[row] / voicePower[row] + 1e-2);
    for (int i = 0; i < judged; i++) {
      for (int row = 0; row < rows; row++) {
        const Frame at = frame(i, row);
        // Once more: to keep all that the way back needs would cost more than to find it again.
        const Presence presence = explain(at);
        const float relative = error[row] / voicePower[row] + 1e-2f;
        const float byError =
            share.constants.error * perMixture * 10 / 2.302585f / relative / voicePower[row];
        losses.compressed += compare(at, perFrame, byError);
        const long to = (long(i) * rows + row) * bands;
        if (gradients) backward(at, presence, byVoice + to, byNoise + to, *gradients);
      }
    }
    if (gradients) gather(*gradients, byActivations);
    return losses;
  }

 private:
  Presence explain(const Frame &at) {
    const Bands &of = scratch;
    const float epsilon = at.epsilon;
#pragma omp simd
    for (int b = 0; b < bands; b++) {
      const float voice = at.voice[b] + epsilon, noise = at.noise[b] + epsilon;
      of.unexplained[b] = std::max(at.v[b] - voice - noise, 0.0f);
      of.withRest[b] = noise + matrices.residual[b] * of.unexplained[b];
      of.logVoice[b] = std::log(voice);
    }
    Presence presence{};
    float sumOfVoice = 0, sumOfNoise = 0;
#pragma omp simd reduction(+ : sumOfVoice, sumOfNoise)
    for (int b = 0; b < bands; b++) {
      of.logWithRest[b] = std::log(of.withRest[b]);
      of.logFloor[b] = std::log(matrices.floorScale[b] * at.floor[b] + epsilon);
      of.logNoise[b] = of.logWithRest[b] + matrices.floorShare[b] * (of.logFloor[b] - of.logWithRest[b]);
      of.noise[b] = std::exp(of.logNoise[b]);
      sumOfVoice += at.voice[b] + epsilon;
      sumOfNoise += of.noise[b];
    }
    presence.voice = sumOfVoice, presence.noise = sumOfNoise;
    presence.share = sumOfVoice / (sumOfVoice + sumOfNoise);
    presence.power = std::pow(presence.share, matrices.presence);
    const float power = presence.power, exponent = matrices.exponent;
#pragma omp simd
    for (int b = 0; b < bands; b++) {
      const float more = std::log((at.v[b] + epsilon) / (at.voice[b] + epsilon + of.noise[b]));
      of.more[b] = more;
      const float local = (more > 0 ? matrices.excess[b] : matrices.shortage[b]) * more;
      const float odds = exponent * (of.logVoice[b] - of.logNoise[b]) + local * power;
      at.mask[b] = 1 / (1 + std::exp(-odds));
    }
    return presence;
  }

  // |mask mixture - voice|^2 and |voice|^2, over all bins.
  void addError(const Frame &at, float &error, float &power) const {
    const float *bins = share.pairs.binsOfBand;
    float difference = 0, sum = 0;
#pragma omp simd reduction(+ : difference, sum)
    for (int b = 0; b < bands; b++) {
      const float mask = at.mask[b];
      difference += bins[b] * (mask * mask * at.power[b] - 2 * mask * at.crossPower[b] + at.voicePower[b]);
      sum += bins[b] * at.voicePower[b];
    }
    error += std::max(difference, 0.0f);
    power += sum;
  }

  // The loss of the compressed values, and the gradient of both losses by the mask.
  float compare(const Frame &at, float perFrame, float byError) {
    const float *importance = share.pairs.importance, *bins = share.pairs.binsOfBand;
    const float compression = share.constants.compression, cut = share.constants.cut;
    float loss = 0;
#pragma omp simd reduction(+ : loss)
    for (int b = 0; b < bands; b++) {
      const float heard = std::sqrt(at.power[b]), target = std::sqrt(at.voicePower[b]) + 1e-4f;
      const float size = at.mask[b] * heard + 1e-4f;
      const float compressed = std::exp(compression * std::log(size)),
                  wanted = std::exp(compression * std::log(target));
      const float lack = wanted - compressed, missing = std::max(lack, 0.0f);
      // Of the angle between mixture and voice.
      const float cosine = std::min(std::max(at.crossPower[b] / (heard * target + 1e-9f), -1.0f), 1.0f);
      const float phase = compressed * compressed + wanted * wanted - 2 * compressed * wanted * cosine;
      loss += importance[b] * (0.6f * lack * lack + 0.4f * phase + cut * missing * missing);
      const float byCompressed = importance[b] * perFrame *
                                 (-1.2f * lack + 0.8f * (compressed - wanted * cosine) - 2 * cut * missing);
      scratch.byMask[b] = byCompressed * compression * compressed / size * heard +
                          byError * bins[b] * 2 * (at.mask[b] * at.power[b] - at.crossPower[b]);
    }
    return loss;
  }

  void backward(const Frame &at, const Presence &presence, float *byVoice, float *byNoise,
                Gradients &to) const {
    const Bands &of = scratch;
    const float epsilon = at.epsilon, exponent = matrices.exponent, power = presence.power;
    float byExponent = 0, byPower = 0;
#pragma omp simd reduction(+ : byExponent, byPower)
    for (int b = 0; b < bands; b++) {
      const float byOdds = of.byMask[b] * at.mask[b] * (1 - at.mask[b]), more = of.more[b];
      const float sharpness = more > 0 ? matrices.excess[b] : matrices.shortage[b];
      byExponent += byOdds * (of.logVoice[b] - of.logNoise[b]);
      byPower += byOdds * sharpness * more;
      to.excess[b] += byOdds * power * std::max(more, 0.0f);
      to.shortage[b] += byOdds * power * std::min(more, 0.0f);
      const float voice = at.voice[b] + epsilon;
      const float byModel = byOdds * power * sharpness / (voice + of.noise[b]);
      byVoice[b] = byOdds * exponent / voice - byModel;
      byNoise[b] = -byOdds * exponent / of.noise[b] - byModel;
    }
    to.scalars[0] += byExponent;
    to.scalars[1] += byPower * power * std::log(presence.share);
    const float sum = presence.voice + presence.noise;
    const float byShare = byPower * matrices.presence * power / presence.share / (sum * sum);
    const float voiceShare = byShare * presence.noise, noiseShare = -byShare * presence.voice;
#pragma omp simd
    for (int b = 0; b < bands; b++) {
      const float byLogNoise = (byNoise[b] + noiseShare) * of.noise[b], share = matrices.floorShare[b];
      const float scaled = matrices.floorScale[b] * at.floor[b] + epsilon;
      to.floorShare[b] += byLogNoise * (of.logFloor[b] - of.logWithRest[b]);
      to.floorScale[b] += byLogNoise * share * at.floor[b] / scaled;
      const float byWithRest = byLogNoise * (1 - share) / of.withRest[b];
      to.residual[b] += byWithRest * of.unexplained[b];
      const float byRest = of.unexplained[b] > 0 ? byWithRest * matrices.residual[b] : 0;
      byVoice[b] += voiceShare - byRest;
      byNoise[b] = byWithRest - byRest;
    }
  }

  void gather(Gradients &to, float *byActivations) const {
    const int all = judged * rows;
    addOuter(all, atoms, bands, activations, byVoice, to.voice);
    addOuter(all, atoms, bands, activations, byNoise, to.noise);
    multiply(all, atoms, bands, byVoice, matrices.voice, activations);
    multiply(all, atoms, bands, byNoise, matrices.noise, activations, true);
    const long ofAtoms = long(rows) * atoms;
    std::fill_n(byActivations, share.sizes.frames * ofAtoms, 0.0f);
    for (int i = 0; i < judged; i++) {
      std::copy_n(activations + i * ofAtoms, ofAtoms, byActivations + i * share.sizes.stride * ofAtoms);
    }
  }
};

}  // namespace unfolded
