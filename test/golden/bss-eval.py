#!/usr/bin/env python3
"""Writes the goldens of BSS Eval: what mir_eval makes of signals that the test makes again, value by value.

    /usr/bin/python3 test/golden/bss-eval.py        (Debian: python3-mir-eval; last run with mir_eval 0.7, NumPy 1.24.2)

Nothing is stored but the scores. Signals are sums and products of the test helpers' noise (a 32-bit xorshift) in double precision, and
rounded to 32 bits at the end, so that both sides have the same. The last pair is without high frequencies, which makes the equations badly
conditioned, as recordings that have been through a lossy codec do.
"""
import json
import os

import mir_eval
import numpy as np

LENGTH = 6000


def noise(seed):
    """As noise() of test/helpers/signals.ts, amplitude 0.5."""
    state, values = seed, np.empty(LENGTH)
    for i in range(LENGTH):
        state ^= (state << 13) & 0xFFFFFFFF
        state ^= state >> 17
        state ^= (state << 5) & 0xFFFFFFFF
        values[i] = 0.5 * (2 * (state / 2**32) - 1)
    return values.astype(np.float32).astype(np.float64)


def smooth(signal, pole):
    """A one-pole low-pass."""
    result, last = np.empty(LENGTH), 0.0
    for i, value in enumerate(signal):
        last = pole * last + (1 - pole) * value
        result[i] = last
    return result


def delayed(signal, samples):
    return np.concatenate([np.zeros(samples), signal[: LENGTH - samples]])


def cases():
    ramp = np.arange(LENGTH) / LENGTH
    a, b, c = noise(1), noise(2) * ramp, noise(3)
    soft = smooth(a, 0.9)
    yield 'noise, with leakage and artefacts', [a, b], [a + 0.2 * b + 0.05 * c, b + 0.1 * a - 0.1 * c]
    yield 'a filtered source', [a, b], [0.7 * a + 0.4 * delayed(a, 100) + 0.1 * b, 0.5 * delayed(b, 511) + 0.01 * c]
    yield 'a filter that is too long', [a, b], [delayed(a, 512) + 0.1 * a, b + 0.3 * delayed(a, 700)]
    yield 'gains that change, as of masks', [soft, b], [soft * (1 - 0.8 * ramp) + 0.3 * b * ramp, b + 0.5 * soft * ramp]
    yield 'without high frequencies', [smooth(smooth(soft, 0.9), 0.9), smooth(smooth(b, 0.9), 0.9)], [
        smooth(smooth(soft + 0.1 * b, 0.9), 0.9) + 0.002 * c,
        smooth(smooth(b, 0.9), 0.9) * ramp + 0.002 * c,
    ]


def main():
    golden = {'source': f'mir_eval {mir_eval.__version__}, bss_eval_sources, made by test/golden/bss-eval.py', 'cases': []}
    for name, sources, estimates in cases():
        rounded = [np.array(signals).astype(np.float32).astype(np.float64) for signals in (sources, estimates)]
        sdr, sir, sar, _ = mir_eval.separation.bss_eval_sources(*rounded, compute_permutation=False)
        scores = [{'sdr': round(d, 6), 'sir': round(i, 6), 'sar': round(r, 6)} for d, i, r in zip(sdr, sir, sar)]
        golden['cases'].append({'name': name, 'scores': scores})
    path = os.path.join(os.path.dirname(os.path.abspath(__file__)), 'bss-eval.json')
    with open(path, 'w', encoding='utf-8') as file:
        json.dump(golden, file, separators=(',', ':'))
        file.write('\n')


if __name__ == '__main__':
    main()
