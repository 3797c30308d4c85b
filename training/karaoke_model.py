"""The atoms of the karaoke dictionary, and the reconstruction atoms that make its masks."""
import numpy as np
import torch

WINDOW, HOP = 2048, 512
BINS = WINDOW // 2 + 1
# Of the engine: updates per frame, their over-relaxation, how much of the last frame's activations the next one starts with, and the
# exponent of the masks.
UPDATES, RELAXATION, KEPT, EXPONENT = 4, 1.5, 0.9, 1.5
# An atom that is nothing in a bin can be learned to be something there: of the mean of an atom.
LEAST = 0.02
SQRT_HANN = np.sqrt(np.hanning(WINDOW + 1)[:WINDOW]).astype(np.float32)


def spectra(samples):
    """Samples -> frames x bins, complex."""
    count = (len(samples) - WINDOW) // HOP + 1
    places = np.arange(WINDOW)[None] + HOP * np.arange(count)[:, None]
    return np.fft.rfft(samples[places] * SQRT_HANN, axis=1).astype(np.complex64)


def frames_of(pieces, most, rng):
    """At most `most` magnitude frames, drawn from all pieces; rests are left out."""
    kept = []
    for piece in pieces:
        frames = np.abs(spectra(piece))
        level = frames.sum(1)
        kept.append(frames[level > 0.1 * level.mean()])
    frames = np.concatenate(kept)
    return frames[rng.permutation(len(frames))[:most]]


def factorize(frames, count, iterations, seed):
    """Atoms, count x bins, that sum to 1: multiplicative updates for the Kullback-Leibler divergence."""
    generator = torch.Generator().manual_seed(seed)
    v = torch.from_numpy(frames)
    atoms = torch.rand(count, v.shape[1], generator=generator) + 0.1
    activations = torch.rand(len(v), count, generator=generator) + 0.1
    for _ in range(iterations):
        ratio = v / (activations @ atoms + 1e-9)
        activations *= (ratio @ atoms.T) / (atoms.sum(1) + 1e-9)
        ratio = v / (activations @ atoms + 1e-9)
        atoms *= (activations.T @ ratio) / (activations.sum(0)[:, None] + 1e-9)
        sums = atoms.sum(1, keepdim=True)
        atoms /= sums
        activations *= sums[:, 0]
    return atoms


def follow(magnitudes, atoms):
    """Activations as the engine finds them, each frame from the last: mixtures x frames x bins -> mixtures x frames x atoms."""
    mixtures, frames, _ = magnitudes.shape
    last, found = None, []
    for t in range(frames):
        v = magnitudes[:, t]
        level = v.sum(1, keepdim=True) + 1e-6
        flat = (level / len(atoms)).expand(mixtures, len(atoms))
        if last is None:
            h, exponent = flat, 1.0
        else:
            h, exponent = KEPT * level / last.sum(1, keepdim=True) * last + (1 - KEPT) * flat, RELAXATION
        for _ in range(UPDATES):
            h = h * ((v / (h @ atoms + 1e-9 * level)) @ atoms.T) ** exponent
        last = h.clamp(min=1e-12)
        found.append(last)
    return torch.stack(found, 1)


def best_gains(backing, mixture):
    """The real gains, 0 to 1, that bring a mixture nearest to its backing."""
    return np.clip((backing * mixture.conj()).real / (np.abs(mixture) ** 2 + 1e-9), 0, 1)


def refine(atoms, voices, mixtures, steps, generator):
    """Reconstruction atoms, as many and of the same shape, by which the masks for the backing come nearest to the best ones.

    voices: how many atoms are the voice's. mixtures: magnitudes and best gains, each mixtures x frames x bins. Returns them with the error on
    the mixtures that were kept out, before and after.
    """
    magnitudes, gains = mixtures
    count = len(magnitudes)
    kept_out = torch.zeros(count, dtype=torch.bool)
    kept_out[torch.randperm(count, generator=generator)[: max(1, count // 9)]] = True
    # The first frames are still finding their activations.
    settled = slice(2, None)
    activations = follow(magnitudes, atoms)[:, settled]
    activations = activations / activations.sum(2, keepdim=True)
    magnitudes, gains = magnitudes[:, settled], gains[:, settled]
    # What is loud is heard.
    loudness = (magnitudes / magnitudes.mean(2, keepdim=True)).clamp(max=30) ** 1.2
    rows = lambda of: [x[of].flatten(0, 1) for x in (activations, gains, loudness)]
    learned, judged = rows(~kept_out), rows(kept_out)
    logarithms = torch.log(atoms * BINS + LEAST).requires_grad_(True)

    def error(h, best, loud):
        e = logarithms.exp()
        voice, backing = ((h[:, part] @ e[part]) ** EXPONENT for part in (slice(voices), slice(voices, None)))
        return (loud * (backing / (voice + backing) - best) ** 2).sum() / loud.sum()

    adam = torch.optim.Adam([logarithms])
    with torch.no_grad():
        before = error(*judged).item()
    for step in range(steps):
        for group in adam.param_groups:
            group['lr'] = 0.03 * (1 + np.cos(np.pi * step / steps)) + 0.002
        drawn = torch.randint(len(learned[0]), (1500,), generator=generator)
        loss = error(*(x[drawn] for x in learned))
        adam.zero_grad()
        loss.backward()
        adam.step()
        if step % 40 == 0:
            print(f'step {step}  error {loss.item():.4f}', flush=True)
    with torch.no_grad():
        return logarithms.exp(), before, error(*judged).item()
