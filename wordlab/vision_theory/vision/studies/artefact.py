"""The artefact of a study: its results, the remarks made on them, and a picture."""

from __future__ import annotations

import json
import os
from collections.abc import Callable, Sequence
from pathlib import Path
from typing import Any, Literal

from wordlab import artifact, schema
from wordlab.errors import ArtifactError
from wordlab.payloads import json_value
from wordlab.vision_theory.vision.studies.batch_norm_findings import BatchNormFindings
from wordlab.vision_theory.vision.studies.depth_findings import DepthFindings

Findings = BatchNormFindings | DepthFindings

KIND = "vision-study"
FORMAT_VERSION = 1
PICTURE = "study.png"
FINDINGS: dict[str, type[Findings]] = {"batch-norm": BatchNormFindings, "depth": DepthFindings}
"""What each study finds, by the name of the study."""
_RESULTS = "results.json"
_IN_MANIFEST = ("study", "data", "config", "seen")


def study_facts(findings: Findings, remarks: Sequence[str]) -> dict[str, Any]:
    """The findings as plain values, with the remarks under `seen`."""
    facts = findings.to_dict()
    head = {name: facts.pop(name) for name in ("study", "data", "config")}
    return head | {"seen": list(remarks)} | facts


def save_study(
    path: str | os.PathLike[str],
    findings: Findings,
    *,
    remarks: Sequence[str],
    draw: Callable[[Path], None],
    overwrite: bool = False,
) -> None:
    """Write an artefact of kind vision-study; `draw` is called with the path of the picture.

    Raises OutputExistsError and ArtifactError.
    """
    facts = study_facts(findings, remarks)
    with artifact.create(path, kind=KIND, format_version=FORMAT_VERSION, overwrite=overwrite) as draft:
        draft.libraries.append("torch")
        draft.details.update({name: facts[name] for name in _IN_MANIFEST})
        draft.payload(_RESULTS).write_text(json.dumps(facts, indent=1), encoding="utf-8")
        draw(draft.payload(PICTURE))


def load_study(path: str | os.PathLike[str]) -> Findings:
    """The findings saved in `path`; ArtifactError if there are none, or if they are damaged.

    The artefact does not hold the number of classes, so runs that diverged have an accuracy of NaN.
    """
    found = artifact.load(path, kind=KIND, format_version=FORMAT_VERSION)
    results = found.payload(_RESULTS)
    facts = json_value(found, _RESULTS)
    name = schema.fields(facts, {"study": Literal[*FINDINGS]}, str(results))["study"]
    try:
        return FINDINGS[name].from_dict(facts, str(results))
    except ArtifactError:
        raise
    except (KeyError, TypeError, ValueError) as error:
        raise ArtifactError(
            f"{results}: expected the results of a study, found damaged ones ({error})"
        ) from error
