"""Study: what more layers do to the training error of plain and residual networks.

He et al. 2016a, figures 1 and 6: plain networks get worse with depth on the very images they are
trained on, so overfitting is not the reason; residual networks do not.
"""

from __future__ import annotations

from wordlab.progress import OnProgress
from wordlab.vision_theory.vision.images import ImageData
from wordlab.vision_theory.vision.studies.depth_findings import DepthFindings, DepthStudy
from wordlab.vision_theory.vision.studies.runner import StudyRunner
from wordlab.vision_theory.vision.studies.runs import limited


def run_depth_study(
    data: ImageData, study: DepthStudy | None = None, *, on_progress: OnProgress | None = None
) -> DepthFindings:
    """The errors of plain and residual networks at all depths of `study`."""
    study = study or DepthStudy()
    data = limited(data, study.max_images)
    configs = study.configs()
    runner = StudyRunner(data, "depth study", configs, on_progress)
    return DepthFindings(study, data.name, tuple(runner.run(config) for config in configs))
