// The updates of the activations from frame to frame, and the way back through them.
#pragma once
#include <algorithm>
#include <cmath>

#include "mixing.h"
#include "products.h"
#include "shared.h"

namespace unfolded {

// Keeps of each update what its gradient needs; frames x rows x (atoms or inputs) for each update in turn.
class Recursion {
  // As in model.py: what the first frame starts from, of what it injects; and no update meets a zero.
  static constexpr float FIRST = 20, LEAST = 1e-8f;

  const Share &share;
  const float *input, *epsilon;
  const int rows, atoms, inputs, frames, updates;
  const long ofAtoms, ofInputs;  // values of one frame of all rows
  float *injected, *starts, *before, *logs, *factors, *ratios, *models;
  float *h, *other, *back;

  // Of update l at frame t.
  long place(int l, int t) const { return long(l) * frames + t; }
  long ofMatrix(int l) const { return long(l) * atoms * inputs; }

 public:
  float *activations;  // frames x rows x atoms

  Recursion(const Share &share, const Mixed &mixed, Workspace &space)
      : share(share),
        input(mixed.input),
        epsilon(mixed.epsilon),
        rows(share.rows),
        atoms(share.sizes.atoms),
        inputs(share.inputs()),
        frames(share.sizes.frames),
        updates(share.sizes.updates),
        ofAtoms(long(rows) * atoms),
        ofInputs(long(rows) * inputs) {
    const long all = frames * ofAtoms, allUpdates = updates * all;
    const long inputsOfUpdates = long(updates) * frames * ofInputs;
    injected = space.take(all), starts = space.take(all), activations = space.take(all);
    before = space.take(allUpdates), logs = space.take(allUpdates), factors = space.take(allUpdates);
    ratios = space.take(inputsOfUpdates), models = space.take(inputsOfUpdates);
    h = space.take(ofAtoms), other = space.take(ofAtoms), back = space.take(ofInputs);
  }

  void forward() {
    multiply(rows * frames, atoms, inputs, input, share.matrices.inject, injected);
    for (long i = 0; i < ofAtoms; i++) h[i] = FIRST * injected[i];
    for (int t = 0; t < frames; t++) {
      std::copy_n(h, ofAtoms, starts + t * ofAtoms);
      carry(injected + t * ofAtoms);
      for (int l = 0; l < updates; l++) update(l, t);
      std::copy_n(h, ofAtoms, activations + t * ofAtoms);
    }
  }

  // Adds up the activations of all frames and rows, each relative to the epsilon of its frame. activity: atoms
  void addActivity(double *activity) const {
    for (long frame = 0; frame < long(frames) * rows; frame++) {
      const float *of = activations + frame * atoms, scale = 1 / epsilon[frame];
      for (int k = 0; k < atoms; k++) activity[k] += of[k] * scale;
    }
  }

  // From the gradient by the activations to those by the matrices. What was kept is overwritten.
  void backward(const float *byActivations, Gradients &gradients) {
    float *byInjected = injected;
    std::fill_n(h, ofAtoms, 0.0f);  // from here on the gradient by h
    for (int t = frames - 1; t >= 0; t--) {
      for (long i = 0; i < ofAtoms; i++) h[i] += byActivations[t * ofAtoms + i];
      const float *after = activations + t * ofAtoms;
      for (int l = updates - 1; l >= 0; l--) {
        updateBackward(l, t, after, gradients.eta + l * atoms);
        after = before + place(l, t) * ofAtoms;
      }
      std::copy_n(h, ofAtoms, byInjected + t * ofAtoms);
      carryBackward(starts + t * ofAtoms, gradients.decay);
    }
    const long all = long(frames) * rows;
    if (share.sizes.transition) addOuter(all, atoms, atoms, starts, byInjected, gradients.transition);
    for (long i = 0; i < ofAtoms; i++) byInjected[i] += FIRST * h[i];
    addOuter(all, inputs, atoms, input, byInjected, gradients.inject);
    for (int l = 0; l < updates; l++) {
      const long atomsFrom = place(l, 0) * ofAtoms, inputsFrom = place(l, 0) * ofInputs;
      addOuter(all, atoms, inputs, before + atomsFrom, models + inputsFrom, gradients.w + ofMatrix(l));
      addOuter(all, inputs, atoms, ratios + inputsFrom, factors + atomsFrom, gradients.u + ofMatrix(l));
    }
  }

 private:
  // h <- injected + decay h + T' h
  void carry(const float *added) {
    const float *decay = share.matrices.decay;
    std::copy_n(added, ofAtoms, other);
    if (share.sizes.transition) multiply(rows, atoms, atoms, h, share.matrices.transition, other, true);
    for (int row = 0; row < rows; row++) {
      float *of = h + long(row) * atoms;
      const float *more = other + long(row) * atoms;
#pragma omp simd
      for (int k = 0; k < atoms; k++) of[k] = more[k] + decay[k] * of[k];
    }
  }

  void carryBackward(const float *start, float *byDecay) {
    const float *decay = share.matrices.decay;
    std::copy_n(h, ofAtoms, other);
    for (int row = 0; row < rows; row++) {
      float *of = h + long(row) * atoms;
      const float *from = start + long(row) * atoms;
#pragma omp simd
      for (int k = 0; k < atoms; k++) {
        byDecay[k] += of[k] * from[k];
        of[k] *= decay[k];
      }
    }
    if (share.sizes.transition)
      multiply(rows, atoms, atoms, other, share.matrices.transitionTransposed, h, true);
  }

  // h <- h (U' (x / (W h + epsilon)))^eta
  void update(int l, int t) {
    const long at = place(l, t);
    float *model = models + at * ofInputs, *ratio = ratios + at * ofInputs;
    float *q = factors + at * ofAtoms, *log = logs + at * ofAtoms;
    const float *x = input + t * ofInputs, *eta = share.matrices.eta + l * atoms;
    std::copy_n(h, ofAtoms, before + at * ofAtoms);
    for (int row = 0; row < rows; row++)
      std::fill_n(model + long(row) * inputs, inputs, epsilon[long(t) * rows + row]);
    multiply(rows, inputs, atoms, h, share.matrices.w + ofMatrix(l), model, true);
#pragma omp simd
    for (long i = 0; i < ofInputs; i++) ratio[i] = x[i] / model[i];
    multiply(rows, atoms, inputs, ratio, share.matrices.u + ofMatrix(l), q);
    for (int row = 0; row < rows; row++) {
      const long from = long(row) * atoms;
#pragma omp simd
      for (int k = 0; k < atoms; k++) {
        const float factor = q[from + k] + LEAST, y = std::log(factor);
        q[from + k] = factor;
        log[from + k] = y;
        h[from + k] *= std::exp(eta[k] * y);
      }
    }
  }

  // Leaves the gradient by q in place of q, and that by the model in place of the model.
  void updateBackward(int l, int t, const float *after, float *byEta) {
    const long at = place(l, t);
    float *model = models + at * ofInputs, *q = factors + at * ofAtoms;
    const float *ratio = ratios + at * ofInputs, *log = logs + at * ofAtoms, *from = before + at * ofAtoms;
    const float *eta = share.matrices.eta + l * atoms;
    for (int row = 0; row < rows; row++) {
      const long start = long(row) * atoms;
#pragma omp simd
      for (int k = 0; k < atoms; k++) {
        const long i = start + k;
        const float byLog = h[i] * after[i];
        byEta[k] += byLog * log[i];
        q[i] = byLog * eta[k] / q[i];
        h[i] = byLog / from[i];
      }
    }
    multiply(rows, inputs, atoms, q, share.matrices.uTransposed + ofMatrix(l), back);
#pragma omp simd
    for (long i = 0; i < ofInputs; i++) model[i] = -back[i] * ratio[i] / model[i];
    multiply(rows, atoms, inputs, model, share.matrices.wTransposed + ofMatrix(l), h, true);
  }
};

}  // namespace unfolded
