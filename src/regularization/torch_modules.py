"""Monte Carlo dropout for PyTorch: dropout on, everything else as at inference."""

from contextlib import contextmanager

from torch.nn.modules.dropout import _DropoutNd


@contextmanager
def mc_dropout_mode(model):
    """Within the `with` block, put `model` in eval mode but its dropout layers in train mode.

    ``model.train()`` would also make BatchNorm use the batch, and move its running statistics. Each
    module gets its mode back at the end. A dropout that is no module (functional, or inside an
    LSTM or an attention layer) is not found. Gal & Ghahramani (2016).

    Raises
    ------
    ValueError
        If `model` has no dropout layer: the predictions would all be the same.
    """
    modes = [(module, module.training) for module in model.modules()]
    dropouts = [module for module, _ in modes if isinstance(module, _DropoutNd)]
    if not dropouts:
        raise ValueError("model must have at least one dropout layer (such as torch.nn.Dropout).")
    try:
        model.eval()
        for module in dropouts:
            module.training = True
        yield model
    finally:
        for module, training in modes:
            module.training = training
