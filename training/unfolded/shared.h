// What the parts of the native training step hand to each other. All matrices are rows of float32 without
// gaps.
#pragma once
#include <cstdlib>
#include <memory>
#include <new>
#include <vector>

namespace unfolded {

// native.py has the same structures, in the same order.

struct Sizes {
  // rows: mixtures at a time. parts: segments that follow each other in each of them, all of one length.
  // frames: of all parts. stride: every so many frames is judged. settling: frames after which the floor is
  // followed. transition: 1 where atoms hand over to others.
  int rows, parts, frames, bands, atoms, updates, stride, settling, transition;
};

// Segments of voice and noise in bands, each of them frames of one part x bands x (real, imaginary), and what
// each is scaled by.
struct Pairs {
  const _Float16 *const *voice, *const *noise, *const *other;  // rows x parts; those of `other` may be missing
  const float *voiceGain, *noiseGain, *otherGain;              // rows x parts x bands
  const float *crossScale, *importance, *binsOfBand;           // bands
};

// The matrices as the engine uses them, and transposed copies of those that the way back multiplies by.
struct Matrices {
  const float *w, *wTransposed;                    // updates x atoms x inputs, updates x inputs x atoms
  const float *u, *uTransposed;                    // updates x inputs x atoms, updates x atoms x inputs
  const float *eta, *decay;                        // updates x atoms, atoms
  const float *transition, *transitionTransposed;  // atoms x atoms
  const float *inject;                             // inputs x atoms
  const float *voice, *voiceTransposed;            // bands x atoms, atoms x bands
  const float *noise, *noiseTransposed;            // bands x atoms, atoms x bands
  const float *residual, *floorShare, *floorScale, *excess, *shortage;  // bands
  float exponent, presence;
};

// Gradients are added to. voice and noise: atoms x bands. scalars: exponent, presence.
struct Gradients {
  float *w, *u, *eta, *decay, *transition, *inject, *voice, *noise;
  float *residual, *floorShare, *floorScale, *excess, *shortage, *scalars;
};

struct Constants {
  float gamma, smooth, rise, epsilon;  // of model.py
  float cut, error, compression;       // of loss.py
};

// The rows of one thread, and everything it reads.
struct Share {
  const Sizes &sizes;
  const Pairs &pairs;
  const Matrices &matrices;
  const Constants &constants;
  int first, rows;
  int inputs() const { return 2 * sizes.bands; }
  int judged() const { return (sizes.frames + sizes.stride - 1) / sizes.stride; }
};

// Memory that a thread keeps from step to step: to ask for new pages each time costs as much as some of the
// sums.
class Workspace {
  struct Free {
    void operator()(float *data) const { std::free(data); }
  };
  struct Block {
    std::unique_ptr<float, Free> data;
    size_t size = 0;
  };
  std::vector<Block> blocks;
  size_t next = 0;

 public:
  void restart() { next = 0; }

  float *take(size_t count) {
    if (next == blocks.size()) blocks.emplace_back();
    Block &block = blocks[next++];
    if (count > block.size) {
      const size_t bytes = (count * sizeof(float) + 63) / 64 * 64;
      block.data.reset(static_cast<float *>(std::aligned_alloc(64, bytes)));
      if (!block.data) throw std::bad_alloc();
      block.size = count;
    }
    return block.data.get();
  }
};

}  // namespace unfolded
