"""Oracles: a closed form for a linear network, and the modes themselves."""

import numpy as np
import pytest
import torch
from torch import nn

from regularization.dropout import mc_dropout
from regularization.torch_modules import mc_dropout_mode


def test_dropout_alone_is_in_train_mode_and_all_modes_come_back():
    model = nn.Sequential(
        nn.Linear(3, 4), nn.BatchNorm1d(4), nn.Dropout(0.5), nn.Sequential(nn.Dropout2d(0.1))
    )
    model.train()
    model[1].eval()  # a BatchNorm frozen by hand stays frozen
    modes = [module.training for module in model.modules()]
    with mc_dropout_mode(model) as inside:
        assert inside is model
        on = [module for module in model.modules() if module.training]
        assert on == [model[2], model[3][0]]
    assert [module.training for module in model.modules()] == modes
    with pytest.raises(KeyError), mc_dropout_mode(model):
        raise KeyError
    assert [module.training for module in model.modules()] == modes


def test_mean_and_spread_of_a_linear_network_and_batch_norm_untouched():
    torch.manual_seed(0)
    model = nn.Sequential(nn.BatchNorm1d(6), nn.Dropout(0.2), nn.Linear(6, 2)).double()
    model[0].running_mean.normal_()
    model.eval()
    before = model[0].running_mean.clone()
    x, n_samples = torch.randn(5, 6, dtype=torch.float64), 4000
    with mc_dropout_mode(model), torch.no_grad():
        mean, std = mc_dropout(model, x, n_samples)
    with torch.no_grad():
        h, W = model[0](x).numpy(), model[2].weight.numpy()
        true_mean, true_std = model(x).numpy(), np.sqrt(h**2 @ W.T**2 * 0.2 / 0.8)
    assert (np.abs(mean - true_mean) < 4 * true_std / np.sqrt(n_samples)).all()
    assert (np.abs(std / true_std - 1) < 4 * np.sqrt(2.25 / (4 * n_samples))).all()
    assert torch.equal(model[0].running_mean, before)


def test_a_model_without_dropout_is_refused():
    with (
        pytest.raises(ValueError, match="model must have at least one dropout layer"),
        mc_dropout_mode(nn.Linear(2, 2)),
    ):
        pass
