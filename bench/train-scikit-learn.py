#!/usr/bin/env python3
"""scikit-learn's side of bench/train.ts: reads frames and a start from a folder, prints one JSON object.

    python3 bench/train-scikit-learn.py FOLDER ITERATIONS[,ITERATIONS...] mini-batch|no

FOLDER holds frames.npy (N x F), activations.npy (N x K) and atoms.npy (K x F), all float32. NMF runs from that start, without early stop, once for
each number of iterations; MiniBatchNMF, where asked for, with its defaults from the same start. Times are of fit_transform() and fit() alone.
"""
import json
import sys
import time
import warnings

import numpy as np
import sklearn
from sklearn.decomposition import NMF, MiniBatchNMF

warnings.filterwarnings('ignore')


def timed(run):
    wall, cpu = time.perf_counter(), time.process_time()
    result = run()
    return result, time.perf_counter() - wall, time.process_time() - cpu


def main():
    folder = sys.argv[1]
    counts = [int(text) for text in sys.argv[2].split(',')]
    v = np.load(f'{folder}/frames.npy')
    w = np.load(f'{folder}/activations.npy')
    h = np.load(f'{folder}/atoms.npy')
    atoms = h.shape[0]
    common = dict(n_components=atoms, beta_loss='kullback-leibler', init='custom')
    # The first call pays for loading the library and for starting its threads.
    NMF(solver='mu', max_iter=2, tol=0, **common).fit_transform(v, W=w.copy(), H=h.copy())
    runs = []
    for count in counts:
        model = NMF(solver='mu', max_iter=count, tol=0, **common)
        result, wall, cpu = timed(lambda: model.fit_transform(v, W=w.copy(), H=h.copy()))
        runs.append(dict(iterations=count, wall=wall, cpu=cpu, dtype=str(result.dtype), divergence=divergence(v, result, model.components_)))
    batch = None
    if sys.argv[3] == 'mini-batch':
        model = MiniBatchNMF(random_state=0, **common)
        _, wall, cpu = timed(lambda: model.fit(v, W=w.copy(), H=h.copy()))
        np.save(f'{folder}/mini-batch-atoms.npy', model.components_.astype(np.float32))
        batch = dict(wall=wall, cpu=cpu, epochs=int(model.n_iter_), batch=min(1024, len(v)))
    result = dict(version=sklearn.__version__, runs=runs)
    if batch:
        result['miniBatch'] = batch
    print(json.dumps(result))


def divergence(v, w, h):
    """Generalized Kullback-Leibler, in doubles."""
    total = 0.0
    for at in range(0, len(v), 1000):
        x = v[at : at + 1000].astype(np.float64)
        y = np.maximum(w[at : at + 1000].astype(np.float64) @ h.astype(np.float64), 1e-30)
        total += float(np.sum(x * np.log(np.where(x > 0, x, 1) / np.where(x > 0, y, 1)) - x + y))
    return total


if __name__ == '__main__':
    main()
