"""Writes a trained model as a Sotto dictionary: safetensors, little-endian float32."""
import json
import struct

import numpy as np

from model import BINS, EPSILON, GAMMA, HOP, RATE, RISE, SMOOTH, TO_BINS, WINDOW


def write_dictionary(path, model, card):
    m = {name: tensor.detach().numpy().astype(np.float32) for name, tensor in model.tensors().items()}
    bands = TO_BINS.numpy()
    # As an ordinary dictionary: what each atom of h means to the voice, then to the noise, on the bins of the FFT.
    atoms = np.concatenate([m['voice'].T @ bands, m['noise'].T @ bands])
    count = m['voice'].shape[1]
    tensors = {'atoms': atoms / atoms.sum(1, keepdims=True)}
    for name in ('w', 'u', 'eta', 'decay', 'inject', 'voice', 'noise', 'residual'):
        tensors[f'unfolded.{name}'] = m[name]
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
        'window': 'asymmetric',
        'exponent': '1',
        'divergence': 'kullback-leibler',
        'sources': json.dumps(
            [{'label': 'voice', 'from': 0, 'to': count}, {'label': 'noise', 'from': count, 'to': 2 * count}]
        ),
        **{f'card.{key}': text for key, text in card.items()},
    }
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
    assert atoms.shape[1] == BINS
