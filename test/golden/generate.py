#!/usr/bin/env python3
"""Writes the goldens of batch NMF: what scikit-learn makes of the same frames, from the same start, in the same number of iterations.

    /usr/bin/python3 test/golden/generate.py        (Debian: python3-sklearn; last run with scikit-learn 1.2.1)

scikit-learn calls N x K activations W and K x F atoms H, and updates in that order, which is Sotto's: activations, then
atoms. Its exponent for Itakura-Saito is Sotto's, 1/2. tol=0 makes it do all iterations. The data are positive throughout, so
neither side's guard against zeros takes part. It does not normalize the atoms; the test asks Sotto not to either.

The second part holds the NNDSVD starts; scikit-learn fills NNDSVDar's zeros at random, so that one is not compared. The third holds
transform() with the atoms fixed.
"""
import json
import os

import numpy as np
import sklearn
from sklearn.decomposition import NMF, non_negative_factorization
from sklearn.decomposition._nmf import _initialize_nmf

FRAMES, BINS, ATOMS, ITERATIONS = 40, 24, 5, 60
LOSS = {'euclidean': 'frobenius', 'kullback-leibler': 'kullback-leibler', 'itakura-saito': 'itakura-saito'}


def short(matrix):
    """Eight digits, as a flat list, row by row."""
    return [float(f'{value:.8g}') for value in np.asarray(matrix).ravel()]


def main():
    rng = np.random.default_rng(7)
    # Five overlapping bumps with sparse activations, under positive noise.
    centres = np.array([2.0, 6.0, 11.0, 16.0, 21.0])[:, None]
    bumps = np.exp(-(((np.arange(BINS) - centres) / 2.5) ** 2))
    v = (rng.gamma(0.5, 1.0, (FRAMES, ATOMS)) @ bumps + 0.05) * rng.uniform(0.7, 1.3, (FRAMES, BINS))
    # Both sides start from the same 32-bit values.
    v = v.astype(np.float32).astype(np.float64)
    activations = rng.uniform(0.2, 1.0, (FRAMES, ATOMS)).astype(np.float32).astype(np.float64)
    atoms = rng.uniform(0.2, 1.0, (ATOMS, BINS)).astype(np.float32).astype(np.float64)
    golden = {
        'source': f'scikit-learn {sklearn.__version__}, NMF(solver="mu"), made by test/golden/generate.py',
        'frames': FRAMES,
        'bins': BINS,
        'atomCount': ATOMS,
        'iterations': ITERATIONS,
        'v': short(v),
        'start': {'activations': short(activations), 'atoms': short(atoms)},
        'results': {},
        'fixedAtoms': {},
        'starts': {},
    }
    for name, loss in LOSS.items():
        model = NMF(n_components=ATOMS, solver='mu', beta_loss=loss, init='custom', tol=0, max_iter=ITERATIONS)
        w = model.fit_transform(v, W=activations.copy(), H=atoms.copy())
        golden['results'][name] = {
            'activations': short(w),
            'atoms': short(model.components_),
            # reconstruction_err_ is sqrt(2 D).
            'divergence': float(model.reconstruction_err_**2 / 2),
        }
        # scikit-learn starts from the mean: sqrt(mean(V) / K) in every value.
        w, _, _ = non_negative_factorization(
            v, H=atoms.copy(), n_components=ATOMS, solver='mu', beta_loss=loss, update_H=False, tol=0, max_iter=ITERATIONS
        )
        golden['fixedAtoms'][name] = {'start': float(np.sqrt(v.mean() / ATOMS)), 'activations': short(w)}
    for name in ('nndsvd', 'nndsvda'):
        w, h = _initialize_nmf(v, ATOMS, init=name, random_state=0)
        golden['starts'][name] = {'activations': short(w), 'atoms': short(h)}
    path = os.path.join(os.path.dirname(os.path.abspath(__file__)), 'scikit-learn-nmf.json')
    with open(path, 'w') as file:
        json.dump(golden, file, separators=(',', ':'))
        file.write('\n')
    print(path, os.path.getsize(path), 'bytes')


if __name__ == '__main__':
    main()
