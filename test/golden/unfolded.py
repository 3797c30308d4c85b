#!/usr/bin/env python3
"""Makes unfolded.safetensors and unfolded.json: a small untrained model and its masks, for the engine to agree with.

    python3 test/golden/unfolded.py        (python3-torch, python3-numpy, python3-scipy, python3-soundfile)
"""
import json
import os
import sys

import numpy as np
import torch

HERE = os.path.dirname(os.path.abspath(__file__))
sys.path.insert(0, os.path.join(HERE, '..', '..', 'training'))
from export import write_dictionary  # noqa: E402
from model import RATE, UnfoldedNMF, spectrum  # noqa: E402


def signal(count):
    """A decaying tone over a rising noise from a generator that any language has."""
    state, out = 1, np.zeros(count)
    for n in range(count):
        state = (state * 1103515245 + 12345) % 2**31
        t = n / RATE
        out[n] = 0.1 * (state / 2**30 - 1) * (0.2 + 4 * t) + 0.3 * np.sin(2 * np.pi * 440 * t) * np.exp(-8 * t)
    return out.astype(np.float32)


torch.manual_seed(3)
model = UnfoldedNMF(8, 2)
with torch.no_grad():
    for parameter in (model.voice, model.noise, model.w, model.u):
        parameter.add_(torch.randn_like(parameter))
    mask = model(spectrum(torch.tensor(signal(12000))[None], model.window).abs())[0]
write_dictionary(os.path.join(HERE, 'unfolded.safetensors'), model, {'description': 'Untrained, for a test.'})
frames = {str(t): [round(float(value), 6) for value in mask[t, ::16]] for t in (0, 5, 20, 42)}
with open(os.path.join(HERE, 'unfolded.json'), 'w') as file:
    json.dump({'every': 16, 'frames': frames}, file)
    file.write('\n')
