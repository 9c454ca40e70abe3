"""Regularization from scratch, in NumPy; `regularization.torch_*` modules alone need PyTorch."""
