"""What all tests share: no time limit on an example, as the first one may compile or import."""

from hypothesis import settings

settings.register_profile("untimed", deadline=None)
settings.load_profile("untimed")
