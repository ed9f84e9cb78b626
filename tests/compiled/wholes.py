"""Parts of compiled functions, made into wholes that a test can call."""

from numba import njit


def whole(part):
    """A compiled function that does nothing but call `part`."""

    @njit(error_model="numpy")
    def call(*arguments):
        return part(*arguments)

    return call
