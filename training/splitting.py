"""Dead atoms become halves of living ones.

Multiplicative updates take an atom that explains less than others to zero, where no gradient reaches it: of 256 atoms some 60 lived on. A
dead atom becomes a copy of a living one, and each of the two gets half of what flows in. That alone changes nothing: whatever the model
computes is linear in the activations of like atoms. Then the two are moved apart.
"""
import numpy as np
import torch
import torch.nn.functional as F

from model import BANDS

# Share of all that the atoms reconstruct below which one is dead.
LEAST = 1e-4
# Where the atoms are in each parameter.
AXES = {'w': (1,), 'u': (2,), 'sparsity': (1,), 'eta': (1,), 'decay': (0,), 'inject': (1,), 'voice': (1,), 'noise': (1,)}
AXES['transition'] = (0, 1)
INFLOWS = ('inject', 'transition')
MOMENTS = ('exp_avg', 'exp_avg_sq')
# How far two halves are moved apart, before the softplus: along a smooth curve over the bands, and at random.
CURVE, SMOOTHNESS, WHITE = 0.25, 8, 0.15


def importance(step, batch, stride):
    """Per atom: its share of the magnitudes that all of them reconstruct, on a batch. step: a NativeStep."""
    tensors = step.model.tensors()
    activity = np.zeros(len(tensors['decay']), np.float32)
    step(batch, stride, backward=False, activity=activity)
    magnitude = activity.astype(float) * (tensors['voice'] + tensors['noise']).sum(0).detach().numpy()
    return magnitude / magnitude.sum()


def copy_atom(values, axes, source, target):
    for axis in axes:
        values.select(axis, target).copy_(values.select(axis, source))


def halve(values):
    """In place, as they are after the softplus; precise for the smallest, too."""
    values.copy_(torch.log(torch.expm1(F.softplus(values) / 2)))


def smooth_curve(rng):
    """A random one over the bands, of slow waves mostly."""
    places = np.arange(BANDS) / BANDS
    waves = (rng.normal() * np.cos(np.pi * (n * places + 2 * rng.random())) / np.sqrt(n) for n in range(1, SMOOTHNESS + 1))
    return torch.tensor(CURVE * sum(waves), dtype=torch.float32)


def move_apart(model, first, second, rng):
    curve = smooth_curve(rng)
    white = lambda: torch.tensor(rng.normal(0, WHITE, 2 * BANDS), dtype=torch.float32)
    for atom, along in ((first, curve), (second, -curve)):
        # Magnitudes and their floor alike.
        both = along.repeat(2)
        model.w[:, atom] += both + white()
        model.u[:, :, atom] += both + white()
        model.inject[:, atom] += both
        model.voice[:, atom] += along
        model.noise[:, atom] += along


@torch.no_grad()
def split(model, adam, shares, rng, apart=True):
    """Replaces the dead atoms of a model, in its optimizer as well. shares: what importance() says. apart: whether halves are moved apart.
    Returns the pairs of halves: (what the living atom was, what the dead one was)."""
    shares, halves = shares.copy(), []
    dead, living = np.flatnonzero(shares < LEAST), np.flatnonzero(shares >= LEAST)
    parameters = dict(model.named_parameters())
    for target in map(int, dead):
        # Large ones rather than small ones, but not always the same: it counts half from then on. No half may be dead at once.
        odds = np.sqrt(np.where(shares[living] >= 2 * LEAST, shares[living], 0))
        if not odds.any():
            break
        source = int(rng.choice(living, p=odds / odds.sum()))
        shares[source] /= 2
        for name, axes in AXES.items():
            if name not in parameters:
                continue
            parameter = parameters[name]
            if name in INFLOWS:
                halve(parameter[:, source])
            copy_atom(parameter, axes, source, target)
            for moment in MOMENTS:
                if parameter in adam.state:
                    copy_atom(adam.state[parameter][moment], axes, source, target)
        if apart:
            move_apart(model, target, source, rng)
        halves.append((source, target))
    return halves
