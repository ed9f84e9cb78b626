import numpy as np
import pytest

from wordlab.io.growing import GrowingArray


@pytest.mark.parametrize("row", [(), (3,), (2, 3)])
def test_rows_of_any_shape(tmp_path, row):
    parts = [np.arange(n * np.prod(row, dtype=int)).reshape(n, *row) for n in (2, 0, 1, 12_345)]
    with GrowingArray(tmp_path / "a.npy", np.dtype("<f4"), row) as grown:
        for part in parts:
            grown.append(part)
    found = np.load(tmp_path / "a.npy", allow_pickle=False)
    assert found.dtype == np.float32
    np.testing.assert_array_equal(found, np.concatenate(parts))


@pytest.mark.parametrize("row", [(), (3,)])
def test_cut_counts_rows(tmp_path, row):
    with GrowingArray(tmp_path / "a.npy", np.dtype("<i4"), row) as grown:
        grown.append(np.ones((5, *row)))
        grown.cut(2)
        grown.append(np.zeros((1, *row)))
    assert (
        np.load(tmp_path / "a.npy").tolist()
        == np.concatenate([np.ones((2, *row)), np.zeros((1, *row))]).tolist()
    )
