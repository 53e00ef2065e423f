"""Writes Tests/NeuralNetworkTests/TorchLayers.swift: the gradient of the discriminator's loss with R1 and R2 through
residual blocks, layer normalisation and minibatch deviation in PyTorch, from weights and rows that both sides make by the
same formulas.

    python Tests/References/torch_layers.py > Tests/NeuralNetworkTests/TorchLayers.swift
"""
import math
import torch
from torch import nn
from torch.nn.functional import leaky_relu, softplus

torch.set_default_dtype(torch.float64)
count, width, hidden = 8, 3, [5, 5, 4, 4]


def numbers(n, phase):
    return torch.tensor([math.sin(phase + 1.7 * i) for i in range(n)])


class Discriminator(nn.Module):
    def __init__(self, residual, normalized, deviation):
        super().__init__()
        self.deviation, self.steps, before = deviation, nn.ModuleList(), width
        for after in hidden:
            is_block = residual and self.steps and before == after
            # In the order of the flat weights.
            step = nn.ModuleDict(dict(first=nn.Linear(before, after)))
            if normalized:
                step["norm"] = nn.LayerNorm(after)
            if is_block:
                step["second"] = nn.Linear(after, after)
            self.steps.append(step)
            before = after
        self.head = nn.Linear(before + deviation, 1)
        values, at = .7 * numbers(sum(p.numel() for p in self.parameters()), .9), 0
        with torch.no_grad():
            for p in self.parameters():
                p.copy_(values[at:at + p.numel()].reshape(p.shape))
                at += p.numel()

    def forward(self, x):
        for step in self.steps:
            y = step["first"](x)
            y = leaky_relu(step["norm"](y) if "norm" in step else y, .2)
            x = x + step["second"](y) if "second" in step else y
        if self.deviation:
            s = (x.reshape(-1, 4, x.shape[1]).var(1, unbiased=False) + 1e-8).sqrt().mean(1)
            x = torch.cat([x, s.repeat_interleave(4)[:, None]], 1)
        return self.head(x)


print("/// PyTorch's results; written by Tests/References/torch_layers.py.")
print("enum TorchLayers {")
for name, style in dict(residual=(1, 0, 0), normalized=(0, 1, 0), deviation=(0, 0, 1), all=(1, 1, 1)).items():
    D = Discriminator(*style)
    real = 1.5 * numbers(count * width, 3.).reshape(count, width)
    fake = numbers(count * width, 2.).reshape(count, width)

    def slopes(x):
        x = x.clone().requires_grad_()
        return torch.autograd.grad(D(x).sum(), x, create_graph=True)[0].pow(2).sum(1).mean()

    loss = softplus(D(fake) - D(real)).mean() + .3 / 2 * slopes(real) + .2 / 2 * slopes(fake)
    loss.backward()
    print(f"    static let {name}: [Float] = [")
    for value in torch.cat([p.grad.reshape(-1) for p in D.parameters()]).tolist():
        print(f"        {value:.8g},")
    print("    ]")
print("}")
