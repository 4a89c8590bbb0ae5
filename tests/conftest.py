"""What all tests of this folder have in common."""

import pytest

pytest.register_assert_rewrite("theatre")
