"""The columns that replenishment works with."""

import numpy as np
from numpy.typing import NDArray

Ids = NDArray[np.int64]
Rows = NDArray[np.int32]
Reals = NDArray[np.float64]
Flags = NDArray[np.bool_]
