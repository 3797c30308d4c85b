#!/usr/bin/env python3
"""Shows that splitting atoms changes nothing of what a model computes: python3 training/check_splitting.py

Some atoms are made to die. They, and no others, must be replaced; then, as long as the halves are not moved apart, the masks must be
the same within 1e-4. Ends with 1 where that is not so.
"""
import sys

import numpy as np
import torch

from check_native import STRIDE, RandomPool, drawn_model, mixtures
from native import NativeStep
from pairs import Pairs
from splitting import AXES, LEAST, MOMENTS, importance, split

MOST = 1e-4
ATOMS, DEAD = 48, [3, 7, 8, 20, 24, 31, 40, 41, 47]
# Before the softplus.
NOTHING = -30


def dying_model(transition):
    """Nothing flows into some atoms."""
    model = drawn_model(ATOMS, transition, 1)
    with torch.no_grad():
        for inflow in (model.inject, model.transition) if transition else (model.inject,):
            inflow[:, DEAD] = NOTHING
    return model


def problems(transition):
    model = dying_model(transition)
    step = NativeStep(model)
    pool = RandomPool(np.random.default_rng(2))
    batch = Pairs(pool, 2).batch(12, 2, 30)
    power = mixtures(batch, pool, torch.from_numpy(step.bands['cross_scale']))[0]
    with torch.no_grad():
        before = model.band_masks(power)
    adam = torch.optim.Adam(model.parameters(), lr=0)
    step(batch, STRIDE)
    adam.step()
    shares, rng = importance(step, batch, STRIDE), np.random.default_rng(0)
    halves = split(model, adam, shares, rng, apart=False)
    with torch.no_grad():
        difference = (model.band_masks(power) - before).abs().max().item()
    print(f'{"with" if transition else "without"} transitions: {len(halves)} atoms split, the masks differ by {difference:.1e}')
    if not difference <= MOST:
        yield f'the masks may differ by {MOST:.0e}'
    if [new for _, new in halves] != DEAD:
        yield f'the atoms {[new for _, new in halves]} were replaced; they must be {DEAD}'
        return
    if not importance(step, batch, STRIDE).min() >= LEAST:
        yield 'some atoms are still dead'
    source, new = halves[-1]
    for name, parameter in model.named_parameters():
        for values in (parameter.detach(), *(adam.state[parameter][moment] for moment in MOMENTS)):
            if any(not values.select(axis, source).equal(values.select(axis, new)) for axis in AXES.get(name, ())):
                yield f'the halves differ in {name}'
    split(model, adam, np.where(np.arange(ATOMS) == new, 0, shares + LEAST), rng)
    with torch.no_grad():
        moved = (model.band_masks(power) - before).abs().max().item()
    print(f'  one of them moved apart: {moved:.1e}')
    if not MOST < moved < 0.5:
        yield 'to be moved apart must change the masks, and not all of them'


def main():
    torch.set_num_threads(1)
    found = [problem for transition in (True, False) for problem in problems(transition)]
    print('\n'.join(found) or 'the same')
    return bool(found)


if __name__ == '__main__':
    sys.exit(main())
