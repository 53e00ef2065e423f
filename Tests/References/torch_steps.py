"""Writes Tests/NeuralNetworkTests/TorchSteps.swift: one discriminator step and one generator step of every loss with
penalties in PyTorch, from weights and rows that both sides make by the same formulas.

    python Tests/References/torch_steps.py > Tests/NeuralNetworkTests/TorchSteps.swift
"""
import math
import torch
from torch import nn
from torch.nn.functional import relu, softplus

torch.set_default_dtype(torch.float64)
count, latent, width = 6, 3, 2


def numbers(n, phase):
    return torch.tensor([math.sin(phase + 1.7 * i) for i in range(n)])


def perceptron(*dims, phase):
    layers = []
    for i, (a, b) in enumerate(zip(dims, dims[1:])):
        layers += [nn.Linear(a, b)] + ([nn.LeakyReLU(.2)] if i < len(dims) - 2 else [])
    net = nn.Sequential(*layers)
    values, at = numbers(sum(p.numel() for p in net.parameters()), phase), 0
    with torch.no_grad():
        for p in net.parameters():
            p.copy_(.7 * values[at:at + p.numel()].reshape(p.shape))
            at += p.numel()
    return net


def flat(tensors):
    return torch.cat([t.reshape(-1) for t in tensors]).tolist()


losses = dict(
    rpgan=(lambda r, f: softplus(f - r), lambda r, f: softplus(r - f)),
    nonsaturating=(lambda r, f: softplus(-r) + softplus(f), lambda r, f: softplus(-f)),
    hinge=(lambda r, f: relu(1 - r) + relu(1 + f), lambda r, f: -f),
    lsgan=(lambda r, f: .5 * (r - 1) ** 2 + .5 * f ** 2, lambda r, f: .5 * (f - 1) ** 2),
    wganGP=(lambda r, f: f - r, lambda r, f: -f))
r1, r2, slope = .3, .2, .4

print("/// PyTorch's results; written by Tests/References/torch_steps.py.")
print("enum TorchSteps {")
for name, (d_loss, g_loss) in losses.items():
    G, D = perceptron(latent, 5, width, phase=.3), perceptron(width, 6, 4, 1, phase=.9)
    # A large epsilon: without it a gradient that is zero but for rounding makes a step of full length.
    options = dict(lr=.01, betas=(.5, .9), eps=.01)
    g_adam, d_adam = torch.optim.Adam(G.parameters(), **options), torch.optim.Adam(D.parameters(), **options)
    z, other = numbers(count * latent, 2.).reshape(count, latent), numbers(count * latent, 4.).reshape(count, latent)
    real = 1.5 * numbers(count * width, 3.).reshape(count, width)
    share = torch.tensor([(i + .5) / count for i in range(count)]).reshape(-1, 1)
    fake = G(z).detach()
    mixed = fake + share * (real - fake)

    def slopes(x):
        x = x.clone().requires_grad_()
        return torch.autograd.grad(D(x).sum(), x, create_graph=True)[0].pow(2).sum(1)

    loss = (d_loss(D(real), D(fake)).mean() + r1 / 2 * slopes(real).mean() + r2 / 2 * slopes(fake).mean()
            + slope * (slopes(mixed).sqrt() - 1).pow(2).mean())
    d_adam.zero_grad()
    loss.backward()
    d_gradient = flat(p.grad for p in D.parameters())
    d_adam.step()
    g_adam.zero_grad()
    g_loss(D(real), D(G(other))).mean().backward()
    g_gradient = flat(p.grad for p in G.parameters())
    g_adam.step()
    rows = [d_gradient, flat(D.parameters()), g_gradient, flat(G.parameters())]
    print(f"    static let {name}: [[Float]] = [")
    for row in rows:
        print("        [" + ", ".join(f"{value:.8g}" for value in row) + "],")
    print("    ]")
print("}")
