"""Writes a trained model as a Sotto dictionary: safetensors, little-endian float32."""
import json
import struct

import numpy as np
import torch

from model import BINS, EPSILON, GAMMA, HOP, RATE, RISE, SMOOTH, TO_BINS, WINDOW


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
        tensors[name] = np.frombuffer(data[start:end], '<f4').reshape(entry['shape'])
    return tensors, metadata


def write_tensors(path, tensors, metadata):
    """A dictionary file of tensors by name, and metadata of texts."""
    header, offset = {'__metadata__': metadata}, 0
    for name, tensor in tensors.items():
        size = tensor.size * 4
        header[name] = {'dtype': 'F32', 'shape': list(tensor.shape), 'data_offsets': [offset, offset + size]}
        offset += size
    text = json.dumps(header, separators=(',', ':')).encode()
    text += b' ' * (-len(text) % 8)
    with open(path, 'wb') as file:
        file.write(struct.pack('<Q', len(text)) + text)
        for tensor in tensors.values():
            file.write(np.ascontiguousarray(tensor, dtype='<f4').tobytes())


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


def write_dictionary(path, model, card, plain=None, softness=1):
    """plain: a dictionary file whose atoms this one takes as its own, for what plain atoms are for: to be looked at, and to stand beside
    atoms that a user learns. Without, they are made of the model's reconstruction atoms. softness: factor on the log odds of the mask."""
    m = {name: tensor.detach().numpy().astype(np.float32) for name, tensor in model.tensors().items()}
    for name in ('exponent', 'excess', 'shortage'):
        m[name] = m[name] * np.float32(softness)
    bands = TO_BINS.numpy()
    if plain:
        read, metadata = read_tensors(plain)
        atoms = read['atoms']
        sources, exponent, window = metadata['sources'], metadata['exponent'], metadata['window']
    else:
        atoms = np.concatenate([m['voice'].T @ bands, m['noise'].T @ bands])
        atoms /= atoms.sum(1, keepdims=True)
        count = len(atoms) // 2
        ranges = [{'label': 'voice', 'from': 0, 'to': count}, {'label': 'noise', 'from': count, 'to': 2 * count}]
        sources, exponent, window = json.dumps(ranges), '1', 'asymmetric'
    tensors = {'atoms': atoms}
    for name, matrix in m.items():
        if name != 'exponent':
            tensors[f'unfolded.{name}'] = matrix.reshape(-1) if matrix.ndim == 0 else matrix
    # Where each bin stands between the bands; a bin belongs to at most two neighbours.
    tensors['unfolded.places'] = (np.arange(len(bands)) @ bands).astype(np.float32)
    scalars = [m['exponent'].item(), GAMMA, SMOOTH, RISE, EPSILON]
    tensors['unfolded.scalars'] = np.array(scalars, np.float32)
    metadata = {
        'format': 'sotto-dictionary',
        'version': '1',
        'name': 'Denoise',
        'sampleRate': str(RATE),
        'fftSize': str(WINDOW),
        'windowLength': str(WINDOW),
        'hop': str(HOP),
        'window': window,
        'exponent': exponent,
        'divergence': 'kullback-leibler',
        'sources': sources,
        **{f'card.{key}': text for key, text in card.items()},
    }
    write_tensors(path, tensors, metadata)
    assert atoms.shape[1] == BINS
