"""The unfolded model: what the engine does per frame, written so that it can be differentiated.

Per frame, with v the band magnitudes to the power GAMMA and n their tracked floor, x = [v; n], everything non-negative:

    h <- decay h + T' h + B x                           what stays of the last frame or goes over to other atoms, what this one injects
    for each update l:
        q = U_l' (x / (W_l h + eps))                    the Kullback-Leibler update with matrices of its own
        h <- h q^eta_l                                  a step per atom: noise atoms slow, voice atoms at once
    s, m = R_voice h, R_noise h                         reconstruction atoms
    m += rho max(0, v - s - m)                          what no atom explains is noise
    m <- m^(1 - d) (c n)^d                              of which the floor knows the fine structure
    P = sum s / sum (s + m)
    r = log(v / (s + m))
    e = (a max(0, r) - b max(0, -r)) P^k                what a band has more than explained is voice where there is a voice
    mask = sigmoid(p (log s - log m) + e), interpolated from bands to bins

Deep unfolding: Hershey, Le Roux and Weninger 2014; coupled rows for the floor: the same h must explain both.
"""
import numpy as np
import torch
import torch.nn as nn
import torch.nn.functional as F

from task import TASK

RATE, WINDOW, HOP = 48000, TASK.window, TASK.hop
BINS = WINDOW // 2 + 1
GAMMA = 0.6
LINEAR, GEOMETRIC = TASK.linear, TASK.geometric
# Floor tracker, per hop: smoothing of v, and how fast the floor may rise (6 dB of magnitude a second).
SMOOTH = 0.8 ** (HOP / 256)
RISE = 10 ** (6 / 20 * GAMMA * HOP / RATE)
# Frames, as in src/separator/floor-tracker.ts.
SETTLING = 8
EPSILON = 1e-4
# What an atom may give on to the next frame, itself and others together. The engine takes no more than 2; the rest is for rounding.
MOST_CARRIED = 2 - 1e-5


def analysis_window(length=WINDOW, tail=TASK.tail):
    """Mauler and Martin's asymmetric window: a long rise, a fall over the last tail / 2 samples."""
    n = np.arange(length)
    rise = length - tail // 2
    fall = np.sqrt(0.5 - 0.5 * np.cos(2 * np.pi * (n - (length - tail)) / tail))
    return torch.tensor(np.where(n < rise, np.sin(0.5 * np.pi * n / rise), fall), dtype=torch.float32)


def spectrum(samples, window):
    """batch x samples -> batch x frames x bins, complex."""
    return torch.stft(samples, WINDOW, HOP, window=window, center=False, return_complex=True).transpose(1, 2)


def band_matrix():
    """bands x bins: triangles at each bin up to LINEAR, then spaced geometrically. Columns sum to 1."""
    centres = np.concatenate([np.arange(LINEAR), np.geomspace(LINEAR, BINS - 1, GEOMETRIC)])
    bins = np.arange(BINS)
    matrix = np.zeros((len(centres), BINS))
    for b, centre in enumerate(centres):
        low = centres[b - 1] if b else centre - 1
        high = centres[b + 1] if b + 1 < len(centres) else centre + 1
        rise, fall = (bins - low) / max(centre - low, 1e-9), (high - bins) / max(high - centre, 1e-9)
        matrix[b] = np.clip(np.minimum(rise, fall), 0, None)
    matrix[-1] = np.clip((bins - centres[-2]) / (centres[-1] - centres[-2]), 0, 1)
    return torch.tensor(matrix, dtype=torch.float32)


TO_BINS = band_matrix()
TO_BANDS = TO_BINS / TO_BINS.sum(1, keepdim=True)
BANDS = TO_BINS.shape[0]


def track_floor(v):
    """v: frames x batch x bands -> the tracked floor, same shape: smoothed minima that rise slowly."""
    smooth = torch.zeros_like(v[0])
    floor = smooth
    out = torch.empty_like(v)
    for t in range(v.shape[0]):
        # The first frames are a plain mean: one frame alone says little.
        settling = t < SETTLING
        keep = t / (t + 1) if settling else SMOOTH
        smooth = keep * smooth + (1 - keep) * v[t]
        floor = smooth if settling else torch.minimum(smooth, floor * RISE)
        out[t] = floor
    return out


class Activations(torch.autograd.Function):
    """h of all frames. x: frames x batch x rows; epsilon: frames x batch x 1; injected: frames x batch x atoms; decay: atoms;
    transition: atoms x atoms, from row to column, or none; layers: (W atoms x rows, U rows x atoms, eta atoms) of each update. The
    gradient of each matrix is one product over all frames, gathered by hand: adding it up frame by frame costs several times as much."""

    @staticmethod
    def forward(ctx, x, epsilon, injected, decay, transition, *layers):
        h = 20 * injected[0]
        starts, saved = [], []
        out = torch.empty_like(injected)
        for t in range(x.shape[0]):
            starts.append(h)
            h = decay * h + (injected[t] if transition is None else torch.addmm(injected[t], h, transition))
            for l in range(0, len(layers), 3):
                w, u, eta = layers[l : l + 3]
                model = torch.addmm(epsilon[t].expand(-1, w.shape[1]), h, w)
                ratio = x[t] / model
                q = ratio @ u + 1e-8
                log_q = q.log()
                saved.append((h, model, ratio, q, log_q))
                h = h * torch.exp(eta * log_q)
            out[t] = h
        ctx.kept = layers, starts, saved, out, decay, transition
        return out

    @staticmethod
    def backward(ctx, gradient):
        layers, starts, saved, out, decay, transition = ctx.kept
        count = len(layers) // 3
        sums = [[[] for _ in range(5)] for _ in range(count)]
        d_injected, d_decay = torch.empty_like(out), torch.zeros_like(decay)
        d_h, d_starts = torch.zeros_like(out[0]), []
        for t in range(out.shape[0] - 1, -1, -1):
            d_h = d_h + gradient[t]
            after = out[t]
            for l in range(count - 1, -1, -1):
                w, u, eta = layers[3 * l : 3 * l + 3]
                h, model, ratio, q, log_q = saved[t * count + l]
                d_log = d_h * after
                d_q = d_log * eta / q
                d_model = -(d_q @ u.t()) * ratio / model
                for store, value in zip(sums[l], (h, d_model, ratio, d_q, (d_log * log_q).sum(0))):
                    store.append(value)
                d_h = d_log / h + d_model @ w.t()
                after = h
            d_injected[t] = d_h
            d_decay += (d_h * starts[t]).sum(0)
            d_starts.append(d_h)
            d_h = d_h * decay if transition is None else d_h * decay + d_h @ transition.t()
        d_injected[0] += 20 * d_h
        d_layers = []
        for h, d_model, ratio, d_q, d_eta in sums:
            d_layers += [torch.cat(h).t() @ torch.cat(d_model), torch.cat(ratio).t() @ torch.cat(d_q)]
            d_layers.append(torch.stack(d_eta).sum(0))
        d_transition = None if transition is None else torch.cat(starts).t() @ torch.cat(d_starts[::-1])
        return (None, None, d_injected, d_decay, d_transition, *d_layers)


class UnfoldedNMF(nn.Module):
    """The reference of what is trained: unfolded.cpp does the same in bands, and faster. transition: whether atoms hand over to others."""

    def __init__(self, atoms=208, updates=3, transition=True):
        super().__init__()
        self.updates = updates
        rows = 2 * BANDS

        def small(*shape):
            return nn.Parameter(torch.log(torch.expm1(0.04 * torch.rand(*shape) + 1e-3)))

        self.w, self.u = small(updates, atoms, rows), small(updates, rows, atoms)
        self.sparsity = nn.Parameter(torch.full((updates, atoms), -3.0))
        # From slow atoms to fast ones.
        self.eta = nn.Parameter(torch.linspace(-3, 2.5, atoms).repeat(updates, 1))
        self.decay = nn.Parameter(torch.full((atoms,), 4.0))
        self.transition = nn.Parameter(0.3 * torch.randn(atoms, atoms) - 9) if transition else None
        self.inject = nn.Parameter(0.3 * torch.randn(rows, atoms) - 6)
        self.voice = nn.Parameter(0.3 * torch.randn(BANDS, atoms) - 3)
        self.noise = nn.Parameter(0.3 * torch.randn(BANDS, atoms) - 3)
        self.residual = nn.Parameter(torch.full((BANDS,), -2.0))
        self.exponent = nn.Parameter(torch.tensor(0.5))
        self.floor_share = nn.Parameter(torch.full((BANDS,), -2.0))
        self.floor_scale = nn.Parameter(torch.full((BANDS,), 1.0))
        self.excess = nn.Parameter(torch.full((BANDS,), -0.5))
        self.shortage = nn.Parameter(torch.full((BANDS,), -0.5))
        self.presence = nn.Parameter(torch.tensor(0.5))
        self.register_buffer('window', analysis_window(), persistent=False)

    def tensors(self):
        """The non-negative matrices as the engine uses them."""
        u = F.softplus(self.u)
        decay, transition = torch.sigmoid(self.decay), {}
        if self.transition is not None:
            flow = F.softplus(self.transition)
            # Rows that give on too much are scaled down to what they may; the others are multiplied by 1.
            room = (MOST_CARRIED - decay)[:, None] / flow.sum(1, keepdim=True)
            transition['transition'] = flow * room.clamp(max=1)
        return {
            'w': F.softplus(self.w),
            'u': u / (u.sum(1, keepdim=True) + F.softplus(self.sparsity)[:, None, :]),
            'eta': 1.3 * torch.sigmoid(self.eta),
            'decay': decay,
            **transition,
            'inject': F.softplus(self.inject),
            'voice': F.softplus(self.voice),
            'noise': F.softplus(self.noise),
            'residual': F.softplus(self.residual),
            'exponent': F.softplus(self.exponent) + 0.5,
            'floorShare': torch.sigmoid(self.floor_share),
            'floorScale': F.softplus(self.floor_scale),
            'excess': F.softplus(self.excess),
            'shortage': F.softplus(self.shortage),
            'presence': F.softplus(self.presence),
        }

    def forward(self, magnitude):
        """magnitude: batch x frames x bins -> mask of the same shape."""
        power = ((magnitude**2) @ TO_BANDS.T + 1e-12).transpose(0, 1).contiguous()
        return self.band_masks(power).transpose(0, 1) @ TO_BINS

    def activations(self, power, m):
        """power: frames x batch x bands, m: tensors() -> activations, magnitudes and floor, epsilon; frames x batch x so many."""
        v = power ** (GAMMA / 2)
        epsilon = EPSILON * v.mean(2, keepdim=True)
        x = torch.cat([v, track_floor(v)], 2)
        layers = []
        for l in range(self.updates):
            layers += [m['w'][l].contiguous(), m['u'][l].contiguous(), m['eta'][l]]
        return Activations.apply(x, epsilon, x @ m['inject'], m['decay'], m.get('transition'), *layers), x, epsilon

    def band_masks(self, power, stride=1):
        """power: frames x batch x bands -> masks of every stride-th frame, in bands."""
        m = self.tensors()
        h, x, epsilon = (values[::stride] for values in self.activations(power, m))
        v, floor = x[..., :BANDS], x[..., BANDS:]
        s, n = h @ m['voice'].T + epsilon, h @ m['noise'].T + epsilon
        n = n + m['residual'] * torch.relu(v - s - n)
        share = m['floorShare']
        n = n ** (1 - share) * (m['floorScale'] * floor + epsilon) ** share
        presence = s.sum(2, keepdim=True) / (s + n).sum(2, keepdim=True)
        more = torch.log((v + epsilon) / (s + n))
        local = m['excess'] * torch.relu(more) - m['shortage'] * torch.relu(-more)
        odds = m['exponent'] * (s.log() - n.log()) + local * presence ** m['presence']
        return torch.sigmoid(odds)
