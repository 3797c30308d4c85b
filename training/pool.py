"""Segments of voices and noises in bands, made once and paired anew at each step: a pair costs nothing, and a segment costs much.

A band of a frame is one complex number in half precision: the root of its mean power, with the phase of its strongest bin. Mixtures of two
can be made of that at any level and with any gains per band, without a transform.
"""
import json
import multiprocessing
import os
import queue
import shutil
import tempfile

import numpy as np
import scipy.fft
from scipy.sparse import csr_matrix

from model import BANDS, HOP, RATE, TO_BANDS, TO_BINS, WINDOW, analysis_window

FRAMES = 3 * RATE // HOP
LENGTH = (FRAMES - 1) * HOP + WINDOW
CHUNK = 128
KINDS = ('voice', 'noise')
_WINDOW = analysis_window().numpy()
_TO_BANDS = csr_matrix(TO_BANDS.numpy().T)
# Of each band that has more than one: its bins, and how much each counts.
_WIDE = [(b, bins, TO_BINS.numpy()[b, bins]) for b, bins in enumerate(map(np.flatnonzero, TO_BINS.numpy())) if len(bins) > 1]
_NARROW = [b for b in range(BANDS) if b not in {wide for wide, _, _ in _WIDE}]


def in_bands(samples):
    """LENGTH samples -> FRAMES x BANDS x (real, imaginary) in half precision, and the power of each frame."""
    frames = np.lib.stride_tricks.sliding_window_view(samples.astype(np.float32), WINDOW)[::HOP]
    spectra = scipy.fft.rfft(frames * _WINDOW)
    power = spectra.real**2 + spectra.imag**2
    phasors = np.empty((FRAMES, BANDS), np.complex64)
    phasors[:, _NARROW] = spectra[:, _NARROW]
    for b, bins, shares in _WIDE:
        strongest = bins[(power[:, bins] * shares).argmax(1)]
        phasors[:, b] = spectra[np.arange(FRAMES), strongest]
    bands = phasors / (np.abs(phasors) + 1e-12) * np.sqrt(power @ _TO_BANDS)
    levels = power.sum(1) * 2 / (WINDOW * (_WINDOW**2).sum())
    return bands.view(np.float32).reshape(FRAMES, BANDS, 2).astype(np.float16), levels


def make_chunk(corpora, folder, kind, index, seed):
    """The same for the same recordings and seed, whoever makes it."""
    rng = np.random.default_rng([seed, KINDS.index(kind), index])
    taken = corpora(rng)
    bands = np.empty((CHUNK, FRAMES, BANDS, 2), np.float16)
    # Last of each row: whether the segment says nothing above 8 kHz.
    levels = np.empty((CHUNK, FRAMES + 1), np.float32)
    for i in range(CHUNK):
        samples, narrow = taken[i % len(taken)].segment(kind, LENGTH)
        bands[i], levels[i, :-1] = in_bands(samples / (np.sqrt((samples**2).mean()) + 1e-7))
        levels[i, -1] = narrow
    # Under its name only when it is whole.
    for part, values in (('levels', levels), ('bands', bands)):
        path = os.path.join(folder, f'{kind}-{index:04d}.{part}.npy')
        np.save(path + '.part.npy', values)
        os.replace(path + '.part.npy', path)


def _work(corpora, folder, seed, jobs, done):
    while (job := jobs.get()) is not None:
        make_chunk(corpora, folder, *job, seed)
        done.put(job)


def make_pool(corpora, folder, seed, counts, workers):
    """Makes those of the chunks that are not yet in the folder. counts: of chunks, by kind."""
    wanted = [(kind, i) for i in range(max(counts.values())) for kind in KINDS if i < counts[kind]]
    missing = [job for job in wanted if not os.path.exists(os.path.join(folder, f'{job[0]}-{job[1]:04d}.bands.npy'))]
    # Forked, so that all share one copy of the recordings.
    context = multiprocessing.get_context('fork')
    jobs, done = context.Queue(), context.Queue()
    for job in [*missing, *[None] * workers]:
        jobs.put(job)
    arguments = (corpora, folder, seed, jobs, done)
    processes = [context.Process(target=_work, args=arguments, daemon=True) for _ in range(workers)]
    for process in processes:
        process.start()
    for i in range(len(missing)):
        while True:
            try:
                done.get(timeout=5)
                break
            except queue.Empty:
                if any(process.exitcode for process in processes):
                    raise SystemExit('A process that makes the pool has ended early; it said why above.')
        if (i + 1) % 16 == 0 or i + 1 == len(missing):
            print(f'pool: {i + 1} of {len(missing)} chunks of {CHUNK} segments', flush=True)


def available_memory():
    """In bytes; 0 where the system does not say."""
    try:
        with open('/proc/meminfo') as file:
            return next((int(line.split()[1]) * 1024 for line in file if line.startswith('MemAvailable')), 0)
    except OSError:
        return 0


def pool_folder(given, counts, identity):
    """given, or a temporary folder: in memory, where there is room. identity: what the segments are made of, as text; a folder that
    holds others is refused. Returns the folder, and what must be kept while it is used."""
    need = sum(counts.values()) * CHUNK * FRAMES * BANDS * 4
    if not given:
        memory = '/dev/shm'
        # Half of what is free at most: the training needs some, too.
        roomy = os.path.isdir(memory) and min(shutil.disk_usage(memory).free, available_memory()) > 2 * need
        temporary = tempfile.TemporaryDirectory(prefix='pool-', dir=memory if roomy else None)
        return temporary.name, temporary
    os.makedirs(given, exist_ok=True)
    note = os.path.join(given, 'pool.json')
    if os.path.exists(note):
        with open(note) as file:
            if json.load(file) != identity:
                raise SystemExit(f'{given} holds a pool of other recordings or another seed; empty it, or give another folder.')
    else:
        with open(note, 'w') as file:
            json.dump(identity, file)
    return given, None


class Pool:
    """chunks: by kind, (bands, levels) of CHUNK segments each; as many of them as the counts say.

    corpora: random generator -> what makes segments of the recordings, taken in turn."""

    def __init__(self, recordings, corpora, seed, counts, workers, folder=None):
        identity = {'seed': seed, 'layout': [RATE, WINDOW, HOP, FRAMES, BANDS, CHUNK], 'recordings': recordings.fingerprint()}
        self.folder, self.temporary = pool_folder(folder, counts, identity)
        make_pool(corpora, self.folder, seed, counts, workers)
        self.chunks = {kind: [self.load(kind, i) for i in range(counts[kind])] for kind in KINDS}

    def load(self, kind, index):
        path = os.path.join(self.folder, f'{kind}-{index:04d}')
        return np.load(f'{path}.bands.npy', mmap_mode='r'), np.load(f'{path}.levels.npy')
