"""Reads and writes Sotto dictionaries: safetensors, little-endian."""
import json
import os
import struct

import numpy as np
import torch

from model import BINS, EPSILON, GAMMA, HOP, RATE, RISE, SMOOTH, TO_BINS, WINDOW
from task import NAME

NAMES = {'denoise': 'Denoise', 'karaoke': 'vocals-accompaniment'}
LABELS = {'denoise': ('voice', 'noise'), 'karaoke': ('vocals', 'accompaniment')}
TYPES = {'F32': '<f4', 'F16': '<f2', 'U8': 'u1'}
# Of the tensors of a plain dictionary.
TAKEN = {'denoise': ('atoms',), 'karaoke': ('atoms', 'reconstruction')}
# Large tensors, whose last digits say nothing. Not the transition: what an atom gives on has a bound, past which rounding would lead.
HALVED = ('reconstruction', *(f'unfolded.{name}' for name in ('w', 'u', 'inject', 'voice', 'noise')))
DESCRIPTIONS = {
    'denoise': 'Voice and noise: plain atoms, and updates trained on mixtures',
    'karaoke': 'Singing and music, for karaoke: plain atoms, updates trained on voices in music, and the place of the voice',
}
LICENCE = 'CC BY 4.0, with attribution to the recordings'


def read_tensors(path):
    """The tensors of a dictionary file by name, and its metadata."""
    with open(path, 'rb') as file:
        (size,) = struct.unpack('<Q', file.read(8))
        header = json.loads(file.read(size))
        data = file.read()
    metadata = header.pop('__metadata__')
    tensors = {}
    for name, entry in header.items():
        start, end = entry['data_offsets']
        values = np.frombuffer(data[start:end], TYPES[entry['dtype']]).reshape(entry['shape'])
        tensors[name] = values if entry['dtype'] == 'U8' else values.astype(np.float32)
    return tensors, metadata


def write_tensors(path, tensors, metadata):
    """A dictionary file of tensors by name, and metadata of texts. Those in float16 and in bytes stay so; all others become float32. Bytes
    come last, so that floats stand where they are aligned."""
    kinds = {np.dtype(np.float16): 'F16', np.dtype(np.uint8): 'U8'}
    tensors = dict(sorted(tensors.items(), key=lambda item: item[1].dtype == np.uint8))
    header, offset, written = {'__metadata__': metadata}, 0, []
    for name, tensor in tensors.items():
        dtype = kinds.get(tensor.dtype, 'F32')
        written.append(np.ascontiguousarray(tensor, TYPES[dtype]))
        size = written[-1].nbytes
        header[name] = {'dtype': dtype, 'shape': list(tensor.shape), 'data_offsets': [offset, offset + size]}
        offset += size
    text = json.dumps(header, separators=(',', ':')).encode()
    text += b' ' * (-len(text) % 8)
    os.makedirs(os.path.dirname(path) or '.', exist_ok=True)
    with open(path, 'wb') as file:
        file.write(struct.pack('<Q', len(text)) + text)
        for tensor in written:
            file.write(tensor.tobytes())


def write_dictionary_tensors(path, tensors, metadata):
    """As write_tensors, the large ones halved."""
    write_tensors(path, {name: t.astype(np.float16) if name in HALVED else t for name, t in tensors.items()}, metadata)


def read_parameters(path, model):
    """Gives a model the matrices of a dictionary file of as many atoms or fewer, as far as they go."""
    tensors, _ = read_tensors(path)
    read = {name.split('.')[1]: torch.tensor(t) for name, t in tensors.items() if name.startswith('unfolded.')}
    softplus_inverse = lambda y: y + torch.log(-torch.expm1(-y.clamp(min=1e-8)))
    logit = lambda y: torch.logit(y.clamp(1e-5, 1 - 1e-5))
    values = {name: softplus_inverse(read[name]) for name in ('w', 'u', 'inject', 'voice', 'noise', 'residual')}
    # The columns of U are divided by their sum and the sparsity; here that is 1.
    values['sparsity'] = softplus_inverse((1 - read['u'].sum(1)).clamp(min=1e-4))
    values['eta'], values['decay'] = logit(read['eta'] / 1.3), logit(read['decay'])
    values['exponent'] = softplus_inverse(read['scalars'][0] - 0.5)
    for name, given in (('floor_scale', 'floorScale'), *((n, n) for n in ('transition', 'excess', 'shortage', 'presence'))):
        if given in read:
            values[name] = softplus_inverse(read[given])
    if 'floorShare' in read:
        values['floor_share'] = logit(read['floorShare'])
    parameters = dict(model.named_parameters())
    with torch.no_grad():
        for name, value in values.items():
            if name not in parameters:
                continue
            # One value lies in the file as a row of one.
            value = value.reshape(()) if name == 'presence' else value
            parameters[name][tuple(slice(size) for size in value.shape)] = value


def write_dictionary(path, model, card, plain=None, softness=1, further=None):
    """plain: a dictionary file whose atoms this one takes as its own, with their grid and what they were learned from: to be looked at, to
    stand beside atoms that a user learns, and for karaoke to count beside the updates. Without, they are made of the model's
    reconstruction atoms. softness: factor on the log odds of the mask. further: tensors by name."""
    card = {'description': DESCRIPTIONS[NAME], 'licence': LICENCE, **card}
    m = {name: tensor.detach().numpy().astype(np.float32) for name, tensor in model.tensors().items()}
    for name in ('exponent', 'excess', 'shortage'):
        m[name] = m[name] * np.float32(softness)
    bands = TO_BINS.numpy()
    if plain:
        tensors, metadata = read_tensors(plain)
        tensors = {name: tensors[name] for name in TAKEN[NAME] if name in tensors}
        if 'card.data' in metadata:
            card = {**card, 'data': f"{card['data']} Plain atoms: {metadata['card.data']}"}
        metadata = {name: text for name, text in metadata.items() if not name.startswith('card.')}
    else:
        atoms = np.concatenate([m['voice'].T @ bands, m['noise'].T @ bands])
        atoms /= atoms.sum(1, keepdims=True)
        tensors, metadata = {'atoms': atoms}, own_metadata(len(atoms) // 2)
    tensors.update(further or {})
    for name, matrix in m.items():
        if name != 'exponent':
            tensors[f'unfolded.{name}'] = matrix.reshape(-1) if matrix.ndim == 0 else matrix
    # Where each bin of the dictionary stands between the bands; a bin belongs to at most two neighbours.
    step = int(metadata['sampleRate']) / int(metadata['fftSize']) / (RATE / WINDOW)
    bins = np.arange(tensors['atoms'].shape[1]) * step
    tensors['unfolded.places'] = np.interp(bins, np.arange(BINS), np.arange(len(bands)) @ bands).astype(np.float32)
    scalars = [m['exponent'].item(), GAMMA, SMOOTH, RISE, EPSILON]
    tensors['unfolded.scalars'] = np.array(scalars, np.float32)
    write_dictionary_tensors(path, tensors, {**metadata, 'name': NAMES[NAME], **{f'card.{key}': text for key, text in card.items()}})


def own_metadata(count):
    """Of a dictionary on the grid of the model, with so many atoms for each of two sources."""
    ranges = [{'label': label, 'from': i * count, 'to': (i + 1) * count} for i, label in enumerate(LABELS[NAME])]
    return {
        'format': 'sotto-dictionary',
        'version': '1',
        'sampleRate': str(RATE),
        'fftSize': str(WINDOW),
        'windowLength': str(WINDOW),
        'hop': str(HOP),
        'window': 'asymmetric',
        'exponent': '1',
        'divergence': 'kullback-leibler',
        'sources': json.dumps(ranges),
    }
