// Matrix products, in tiles that stay in the vector registers.
#pragma once
#include <algorithm>

namespace unfolded {

// Vectors as wide as the machine's; a tile leaves registers for one row of B and one value of A.
#if defined(__AVX512F__)
constexpr int LANES = 16, TALL = 8;
#elif defined(__AVX__)
constexpr int LANES = 8, TALL = 4;
#else
constexpr int LANES = 4, TALL = 4;
#endif
constexpr int WIDE = 3;
// What native.py holds the counts of atoms and bands to.
constexpr int GRAIN = 16;
static_assert(GRAIN % LANES == 0);

// Aligned to its elements only, so that it may lie anywhere in a row.
typedef float Vector __attribute__((vector_size(4 * LANES), aligned(4), may_alias));

// A(i, k) lies at i * row + k * column: either order, so that A can be read transposed.
struct Strided {
  const float *data;
  long row, column;
};

template <int ROWS, int VECTORS>
inline void tile(int inner, Strided a, const float *b, long columns, float *c, bool add) {
  Vector sums[ROWS][VECTORS];
  for (int i = 0; i < ROWS; i++) {
    const Vector *from = reinterpret_cast<const Vector *>(c + i * columns);
    for (int j = 0; j < VECTORS; j++) sums[i][j] = add ? from[j] : Vector{};
  }
  for (int k = 0; k < inner; k++) {
    const Vector *row = reinterpret_cast<const Vector *>(b + k * columns);
    const float *factors = a.data + k * a.column;
    for (int i = 0; i < ROWS; i++)
      for (int j = 0; j < VECTORS; j++) sums[i][j] += factors[i * a.row] * row[j];
  }
  for (int i = 0; i < ROWS; i++) {
    Vector *to = reinterpret_cast<Vector *>(c + i * columns);
    for (int j = 0; j < VECTORS; j++) to[j] = sums[i][j];
  }
}

// All rows of a strip of columns: the strip of B is read for each of them, and stays in the cache.
template <int VECTORS>
inline void strip(int rows, int inner, Strided a, const float *b, long columns, float *c, bool add) {
  int i = 0;
  const auto from = [&](int row) { return Strided{a.data + row * a.row, a.row, a.column}; };
  for (; i + TALL <= rows; i += TALL) tile<TALL, VECTORS>(inner, from(i), b, columns, c + i * columns, add);
  for (; i < rows; i++) tile<1, VECTORS>(inner, from(i), b, columns, c + i * columns, add);
}

// C (+)= A B: rows x inner times inner x columns. columns: a multiple of LANES.
inline void multiply(int rows, int columns, int inner, Strided a, const float *b, float *c,
                     bool add = false) {
  int j = 0;
  for (; j + WIDE * LANES <= columns; j += WIDE * LANES)
    strip<WIDE>(rows, inner, a, b + j, columns, c + j, add);
  for (; j + 2 * LANES <= columns; j += 2 * LANES) strip<2>(rows, inner, a, b + j, columns, c + j, add);
  for (; j < columns; j += LANES) strip<1>(rows, inner, a, b + j, columns, c + j, add);
}

inline void multiply(int rows, int columns, int inner, const float *a, const float *b, float *c,
                     bool add = false) {
  multiply(rows, columns, inner, Strided{a, inner, 1}, b, c, add);
}

// C += A' B over many frames, A: frames x rows, B: frames x columns. In pieces, so that those of A and B
// stay in the cache.
inline void addOuter(long frames, int rows, int columns, const float *a, const float *b, float *c) {
  constexpr long PIECE = 256;
  for (long start = 0; start < frames; start += PIECE) {
    const int count = static_cast<int>(std::min(PIECE, frames - start));
    multiply(rows, columns, count, Strided{a + start * rows, 1, rows}, b + start * columns, c, true);
  }
}

}  // namespace unfolded
