"""The native training step: builds unfolded.cpp when it is first needed, and gives its gradients to a model."""
import ctypes
import hashlib
import os
import shutil
import subprocess

import numpy as np
import torch

from loss import COMPRESSION, CUT, ERROR, IMPORTANCE
from model import BANDS, BINS, EPSILON, GAMMA, RISE, SETTLING, SMOOTH, TO_BINS, WINDOW, analysis_window

HERE = os.path.dirname(os.path.abspath(__file__))
# Ignored by git.
BUILT = os.path.join(os.path.dirname(HERE), '.cache', 'native')
FLAGS = ('-std=c++17', '-O3', '-march=native', '-ffast-math', '-fopenmp', '-shared', '-fPIC')
# Bands and atoms are read so many at a time.
GRAIN = 16
# What a band keeps, of what two sounds have in common, is measured on so many frames of white noise.
WHITE_FRAMES = 400


class Sizes(ctypes.Structure):
    _fields_ = [(name, ctypes.c_int) for name in 'rows parts frames bands atoms updates stride settling transition'.split()]


PAIRS = 'voice noise other voice_gain noise_gain other_gain cross_scale importance bins_of_band'.split()
# The names of UnfoldedNMF.tensors(); those that end in T are transposed.
MATRICES = 'w wT u uT eta decay transition transitionT inject voice voiceT noise noiseT'.split()
MATRICES += 'residual floorShare floorScale excess shortage'.split()
SCALARS = ['exponent', 'presence']
GRADIENTS = [name for name in MATRICES if not name.endswith('T')] + ['scalars']


class PairsOf(ctypes.Structure):
    _fields_ = [(name, ctypes.c_void_p) for name in PAIRS]


class Matrices(ctypes.Structure):
    _fields_ = [(name, ctypes.c_void_p) for name in MATRICES] + [(name, ctypes.c_float) for name in SCALARS]


class Gradients(ctypes.Structure):
    _fields_ = [(name, ctypes.c_void_p) for name in GRADIENTS]


class Constants(ctypes.Structure):
    _fields_ = [(name, ctypes.c_float) for name in 'gamma smooth rise epsilon cut error compression'.split()]


def sources():
    folder = os.path.join(HERE, 'unfolded')
    return [os.path.join(HERE, 'unfolded.cpp'), *sorted(os.path.join(folder, name) for name in os.listdir(folder))]


def library():
    """The built library; built again whenever a source or the machine has changed."""
    compiler = shutil.which(os.environ.get('CXX', 'g++'))
    if not compiler:
        raise SystemExit('g++ was not found; the training step is built with it (Debian: apt install g++). CXX may name another.')
    target = subprocess.run([compiler, '-march=native', '-E', '-dM', '-x', 'c++', os.devnull], capture_output=True).stdout
    text = target + ' '.join(FLAGS).encode()
    for path in sources():
        with open(path, 'rb') as file:
            text += file.read()
    path = os.path.join(BUILT, f'unfolded-{hashlib.sha256(text).hexdigest()[:16]}.so')
    if not os.path.exists(path):
        os.makedirs(BUILT, exist_ok=True)
        part = f'{path}.{os.getpid()}'
        made = subprocess.run([compiler, *FLAGS, sources()[0], '-o', part], capture_output=True, text=True)
        if made.returncode:
            raise SystemExit(f'{compiler} could not build {sources()[0]}; it must be g++ 12 or newer:\n{made.stderr}')
        os.replace(part, path)
    return ctypes.CDLL(path)


def cross_scales():
    """Per band: how large Re(x conj(y)) of two sounds is, summed over its bins, beside what it were of one bin with all their power.
    Measured on white noise."""
    rng, scales = np.random.default_rng(0), np.ones(BANDS, np.float32)
    x, y = np.fft.rfft(rng.standard_normal((2, WHITE_FRAMES, WINDOW)) * analysis_window().numpy())
    power = lambda z, shares: (abs(z) ** 2 * shares).sum(1)
    for b, shares in enumerate(TO_BINS.numpy()):
        bins = np.flatnonzero(shares)
        if len(bins) > 1:
            of = shares[bins] / shares.sum()
            true = (x[:, bins] * y[:, bins].conj() * of).real.sum(1)
            scales[b] = np.sqrt((true**2).mean() / (power(x[:, bins], of) * power(y[:, bins], of) / 2).mean())
    return scales


def address(values):
    return values.ctypes.data if isinstance(values, np.ndarray) else values.data_ptr()


class NativeStep:
    """Losses of an UnfoldedNMF on batches of pairs (see pairs.py), and their gradients by its parameters."""

    def __init__(self, model, threads=1):
        atoms = model.decay.shape[0]
        if atoms % GRAIN or BANDS % GRAIN:
            raise SystemExit(f'There are {atoms} atoms and {BANDS} bands; both must be multiples of {GRAIN}.')
        self.model, self.threads, self.run = model, threads, library().unfolded_step
        matrix = TO_BINS.numpy()
        self.bands = {
            'cross_scale': cross_scales(),
            'importance': np.ascontiguousarray((matrix * IMPORTANCE.numpy()).sum(1) / BINS, np.float32),
            'bins_of_band': np.ascontiguousarray(matrix.sum(1), np.float32),
        }
        self.constants = Constants(GAMMA, SMOOTH, RISE, EPSILON, CUT, ERROR, COMPRESSION)
        shapes = {name: tuple(tensor.shape) for name, tensor in model.tensors().items() if name not in SCALARS}
        # There by atoms, so that they are added to row by row.
        shapes.update(voice=(atoms, BANDS), noise=(atoms, BANDS), scalars=(2,))
        self.gradients = {name: np.zeros((threads, *shape), np.float32) for name, shape in shapes.items()}
        of = lambda name, thread: self.gradients[name][thread].ctypes.data if name in shapes else None
        self.gradient_sets = (Gradients * threads)(*(Gradients(*(of(name, t) for name in GRADIENTS)) for t in range(threads)))

    def __call__(self, batch, stride, backward=True, activity=None):
        """The loss of compressed values and the error in dB. With `backward` the gradients are added to those of the parameters.

        activity: where to put the mean of each atom's activation relative to the epsilon of the frame, float32."""
        tensors = self.model.tensors()
        used = {name: tensor.detach().contiguous() for name, tensor in tensors.items()}
        used.update({f'{name}T': used[name].mT.contiguous() for name in ('w', 'u', 'transition', 'voice', 'noise') if name in used})
        _, atoms, _ = used['w'].shape
        rows, parts = batch.voice.shape
        sizes = Sizes(rows, parts, batch.frames, BANDS, atoms, len(used['w']), stride, SETTLING, 'transition' in used)
        places = {**vars(batch), **self.bands}
        pairs = PairsOf(*(address(places[name]) for name in PAIRS))
        matrices = Matrices(
            *(address(used[name]) if name in used else None for name in MATRICES), *(used[name].item() for name in SCALARS)
        )
        for gradient in self.gradients.values():
            gradient.fill(0)
        losses = (ctypes.c_double * 2)()
        references = (ctypes.byref(value) for value in (sizes, pairs, matrices, self.constants))
        gradients = self.gradient_sets if backward else None
        self.run(*references, self.threads, gradients, losses, activity if activity is None else ctypes.c_void_p(address(activity)))
        if backward:
            self.give(tensors)
        return losses[0], losses[1]

    def give(self, tensors):
        sums = {name: torch.from_numpy(gradient.sum(0)) for name, gradient in self.gradients.items()}
        sums.update(voice=sums['voice'].T, noise=sums['noise'].T, **dict(zip(SCALARS, sums['scalars'])))
        torch.autograd.backward(list(tensors.values()), [sums[name] for name in tensors])
