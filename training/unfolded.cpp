// One training step of the unfolded model over short segments, forward and back, natively: what model.py
// and loss.py do by PyTorch's automatic differentiation, with mixtures made in bands. check_native.py holds
// the two together, native.py builds this and calls it.
#include <omp.h>

#include <algorithm>
#include <vector>
#if defined(__SSE__)
#include <xmmintrin.h>
#endif

#include "unfolded/masks.h"
#include "unfolded/mixing.h"
#include "unfolded/recursion.h"
#include "unfolded/shared.h"

namespace unfolded {
namespace {

// Activations decay towards zero, and numbers next to it are slow to compute with.
void flushDenormals() {
#if defined(__SSE__)
  constexpr unsigned FLUSH_RESULTS = 0x8000, FLUSH_OPERANDS = 0x0040;
  _mm_setcsr(_mm_getcsr() | FLUSH_RESULTS | FLUSH_OPERANDS);
#endif
}

Losses step(const Share &share, float perFrame, float perMixture, Gradients *gradients, double *activity) {
  static thread_local Workspace space;
  space.restart();
  const Mixed mixed = mix(share, space);
  Recursion recursion(share, mixed, space);
  recursion.forward();
  if (activity) recursion.addActivity(activity);
  Masks masks(share, mixed, space);
  masks.forward(recursion.activations);
  float *byActivations = space.take(long(share.sizes.frames) * share.rows * share.sizes.atoms);
  const Losses losses = masks.judge(perFrame, perMixture, gradients, byActivations);
  if (gradients) recursion.backward(byActivations, *gradients);
  return losses;
}

}  // namespace
}  // namespace unfolded

// losses: of compressed values, and of the error in dB; means over all mixtures. gradients: one set for
// each thread, which its rows are added to; none for the losses alone. activity: where to put the mean of each
// atom's activation relative to the epsilon of the frame, or none.
extern "C" void unfolded_step(const unfolded::Sizes *sizes, const unfolded::Pairs *pairs,
                              const unfolded::Matrices *matrices, const unfolded::Constants *constants,
                              int threads, unfolded::Gradients *gradients, double *losses, float *activity) {
  using namespace unfolded;
  const int rows = sizes->rows, judged = (sizes->frames + sizes->stride - 1) / sizes->stride;
  const float perFrame = 1.0f / (float(rows) * judged), perMixture = 1.0f / rows;
  const size_t atoms = sizes->atoms;
  std::vector<Losses> sums(threads);
  std::vector<double> activities(activity ? threads * atoms : 0);
#pragma omp parallel for num_threads(threads) schedule(static, 1)
  for (int i = 0; i < threads; i++) {
    flushDenormals();
    const int first = int(long(rows) * i / threads), end = int(long(rows) * (i + 1) / threads);
    if (first == end) continue;
    const Share share{*sizes, *pairs, *matrices, *constants, first, end - first};
    sums[i] = step(share, perFrame, perMixture, gradients ? gradients + i : nullptr,
                   activity ? &activities[i * atoms] : nullptr);
  }
  losses[0] = losses[1] = 0;
  for (const Losses &sum : sums) {
    losses[0] += sum.compressed * perFrame;
    losses[1] += sum.decibels * perMixture;
  }
  for (size_t k = 0; activity && k < atoms; k++) {
    double sum = 0;
    for (int i = 0; i < threads; i++) sum += activities[i * atoms + k];
    activity[k] = float(sum / (double(rows) * sizes->frames));
  }
}
