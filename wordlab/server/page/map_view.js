// The map of one set: points, labels, and what a pointer and keys do to them.

import { count, el, visible } from "./dom.js";
import { Gestures } from "./gestures.js";
import { Grid } from "./grid.js";
import { Labels } from "./labels.js";
import { Scatter } from "./scatter.js";
import { CLOSEST, FARTHEST, View } from "./view.js";

const REACH = 14; // pixels within which a point is meant
const FLIGHT = 450; // milliseconds
const REST = 160; // milliseconds without a move after which a map rests
const FRAME = 30; // milliseconds that a frame in motion may take; slower machines draw fewer points until it rests
const LEAST = 10_000; // points that are drawn in motion at any rate
const STEP = 1.6; // times closer by a button or key

export class MapView {
  #map = null;
  #view = new View();
  #lit = { words: [], neighbours: [], hovered: -1 };
  #number = Infinity;
  #last = Infinity; // when the frame before this one was drawn
  #movedAt = 0;
  #frames = 0; // since the last move
  #waiting = false;
  #flight = 0;
  #colours = null;
  #reserved = [];

  // `on` hears: choose(word), hover(word or null), rest(text of the view).
  constructor(number, on) {
    this.on = on;
    this.points = el("canvas", { "aria-hidden": "true" });
    this.words = el("canvas", {
      class: "over", tabindex: "0", role: "application", "aria-roledescription": "map",
      "aria-label": "Map of words. Plus and minus zoom, arrow keys move, 0 shows all. The lists say what it shows.",
    });
    this.title = el("h2", { class: "title" });
    this.notice = el("div", { class: "notice", role: "status" });
    const button = (text, label, work) => el("button", { type: "button", "aria-label": label, title: label, onclick: work }, text);
    this.buttons = el("div", { class: "zoom" },
      button("+", "Zoom in", () => this.zoom(STEP)),
      button("\u2212", "Zoom out", () => this.zoom(1 / STEP)),
      button("\u2922", "Show all words", () => this.all()));
    this.element = el("div", { class: `map set${number}` }, this.points, this.words, this.title, this.notice, this.buttons);
    this.labels = new Labels(this.words);
    this.scatter = new Scatter(this.points, () => this.refresh());
    new Gestures(this.words, this.#view, this);
    new ResizeObserver(() => this.#resize()).observe(this.element);
  }

  // The view as text, for the address.
  get text() {
    return this.#view.toString();
  }

  // Shows `map`, {words, counts, coordinates} of `total` words, or nothing yet; `view` is the text of a view.
  show(name, map, view, total) {
    this.#map = map;
    this.#lit = { words: [], neighbours: [], hovered: -1 };
    this.#view.read(view);
    this.title.replaceChildren(el("bdi", {}, name));
    if (map !== null) {
      map.ids ??= new Map(map.words.map((word, id) => [word, id]));
      map.grid ??= new Grid(map.coordinates);
      const part = map.words.length < total ? `${count(map.words.length)} of ` : "";
      this.title.append(el("span", {}, `${part}${count(total)} words, ${map.method.toUpperCase()}`));
      this.notice.replaceChildren();
    }
    this.scatter.load(map === null ? new Float32Array() : map.coordinates);
    this.#number = Infinity;
    this.#reserve();
    this.refresh();
  }

  // Lights `words` and, more quietly, `neighbours`; with `fly` it goes there.
  light(words, neighbours, fly) {
    if (this.#map === null) return;
    const ids = (list) => list.map((word) => this.#map.ids.get(word)).filter((id) => id !== undefined);
    this.#lit.words = ids(words);
    this.#lit.neighbours = ids(neighbours);
    if (fly && this.#lit.words.length) this.#fly(this.#around());
    this.refresh();
  }

  // Lights a word that the pointer is on here or in the other map.
  hover(word) {
    const id = word === null ? -1 : this.#map?.ids.get(word) ?? -1;
    if (id === this.#lit.hovered) return;
    this.#lit.hovered = id;
    this.refresh();
  }

  look(view) {
    if (view !== this.#view.toString()) {
      this.#view.read(view);
      this.refresh();
    }
  }

  all() {
    this.#fly({ x: 0, y: 0, zoom: 1 });
  }

  refresh() {
    if (this.#waiting) return;
    this.#waiting = true;
    requestAnimationFrame((now) => {
      this.#waiting = false;
      this.draw(now);
    });
  }

  // Draws a frame. In motion slow machines draw the most frequent words only, and the rest once it rests.
  draw(now = performance.now()) {
    const motion = "moving" in this.element.dataset;
    const colours = (this.#colours ??= this.#readColours());
    const total = this.#map === null ? 0 : this.#map.words.length;
    const size = pointSize(total, this.#view) * devicePixelRatio;
    const dim = this.#lit.words.length ? 0.6 : 1;
    const alpha = Math.min(0.85, Math.max(0.16, 14 / Math.sqrt(total + 1) * Math.sqrt(this.#view.zoom) + 0.2)) * dim;
    if (motion) this.#pace(now - this.#last, total);
    this.#last = motion ? now : Infinity;
    const number = motion ? this.#number : total;
    this.scatter.draw(this.#view, { colour: [...colours.points, alpha], size, number });
    if (this.#map !== null) this.labels.draw(this.#map, this.#view, this.#lit, colours.text, this.#reserved);
    else this.words.getContext("2d").clearRect(0, 0, this.words.width, this.words.height);
    if (motion && ++this.#frames > 3 && performance.now() - this.#movedAt > REST) this.#rest();
    if (motion) this.refresh();
  }

  // Chooses how many points the next frame in motion draws, as the last one took `milliseconds`.
  #pace(milliseconds, total) {
    const most = Math.min(this.#number, total);
    if (milliseconds > 1.3 * FRAME && milliseconds < Infinity) this.#number = most * Math.max(0.2, FRAME / milliseconds);
    else if (milliseconds < 0.7 * FRAME) this.#number = most * 1.2;
    this.#number = Math.min(total, Math.max(LEAST, this.#number));
  }

  // Takes over the page's colours, which may have changed from light to dark.
  restyle() {
    this.#colours = null;
    this.refresh();
  }

  #readColours() {
    const probe = el("span");
    this.element.append(probe);
    const text = {};
    for (const name of ["accent", "ink", "muted", "paper"]) {
      probe.style.color = `var(--${name})`;
      text[name] = getComputedStyle(probe).color;
    }
    probe.remove();
    return { text, points: numbers(text.accent) };
  }

  #resize() {
    const { width, height } = this.element.getBoundingClientRect();
    if (!width || !height) return;
    for (const canvas of [this.points, this.words]) {
      canvas.width = Math.round(width * devicePixelRatio);
      canvas.height = Math.round(height * devicePixelRatio);
    }
    Object.assign(this.#view, { width, height });
    this.#reserve();
    this.#waiting = false;
    this.draw();
  }

  // Keeps labels away from the title and the buttons.
  #reserve() {
    const { left, top } = this.element.getBoundingClientRect();
    this.#reserved = [this.title, this.buttons].map((part) => {
      const box = part.getBoundingClientRect();
      return [box.left - left - 4, box.top - top - 4, box.right - left + 4, box.bottom - top + 4];
    });
  }

  // Where all lit words are in sight, or one word and most of its neighbours.
  #around() {
    const { words, neighbours } = this.#lit;
    const shown = words.length > 1 ? words : [words[0], ...neighbours];
    const [xs, ys] = [0, 1].map((axis) => shown.map((id) => this.#map.coordinates[2 * id + axis]));
    const middle = (values) => (words.length > 1 ? (Math.min(...values) + Math.max(...values)) / 2 : values[0]);
    const [x, y] = [middle(xs), middle(ys)];
    const distances = xs.map((each, place) => Math.max(Math.abs(each - x), Math.abs(ys[place] - y)));
    const part = words.length > 1 ? 1 : 0.6;
    const reach = distances.sort((one, other) => one - other)[Math.floor((distances.length - 1) * part)];
    return { x, y, zoom: Math.max(1, Math.min(60, 0.7 / (reach + 1e-6))) };
  }

  #fly(target) {
    const { x, y, zoom } = this.#view;
    const started = performance.now();
    const flight = ++this.#flight;
    const quiet = matchMedia("(prefers-reduced-motion: reduce)").matches;
    const step = (now) => {
      if (flight !== this.#flight) return;
      const part = quiet ? 1 : Math.min(1, Math.max(0, (now - started) / FLIGHT));
      const eased = part * part * (3 - 2 * part);
      this.#view.zoom = zoom * (target.zoom / zoom) ** eased;
      // the middle keeps pace with what is seen of the plane, not with the clock
      const gone = target.zoom === zoom ? eased : (1 - zoom / this.#view.zoom) / (1 - zoom / target.zoom);
      this.#view.x = x + (target.x - x) * gone;
      this.#view.y = y + (target.y - y) * gone;
      if (part === 1) Object.assign(this.#view, target);
      this.moved();
      if (part < 1) requestAnimationFrame(step);
    };
    requestAnimationFrame(step);
  }

  zoom(factor) {
    const { x, y, zoom } = this.#view;
    this.#fly({ x, y, zoom: Math.max(FARTHEST, Math.min(CLOSEST, zoom * factor)) });
  }

  // The word under a place of the map, or null.
  find(left, top) {
    if (this.#map === null) return null;
    const id = this.#map.grid.nearest(...this.#view.toPlane(left, top), REACH / this.#view.unit);
    return id < 0 ? null : this.#map.words[id];
  }

  // Ends a flight, as someone takes the map in hand.
  stop() {
    this.#flight++;
  }

  // Shows that the view is another.
  moved() {
    this.element.dataset.moving = "";
    this.#movedAt = performance.now();
    this.#frames = 0;
    this.refresh();
  }

  // Says that it rests once there is no move for a while and for some frames, as slow machines ask for moves rarely.
  #rest() {
    delete this.element.dataset.moving;
    this.on.rest(this.text);
  }

  // Says how far a map is that is being made, or why there is none.
  say(text, part = null) {
    const line = el("p", {}, visible(text));
    this.notice.replaceChildren(line, part === null ? "" : el("progress", { max: "1", value: String(part), "aria-label": text }));
  }
}

// Pixels of a rare word's point: small where there are many, larger as one comes closer.
function pointSize(number, view) {
  const alone = Math.sqrt((view.width * view.height) / (number + 1));
  return Math.max(0.9, Math.min(5, 0.55 * alone * Math.sqrt(view.zoom)));
}

// Red, green and blue of a computed colour, from 0 to 1.
function numbers(colour) {
  return colour.match(/[\d.]+/g).slice(0, 3).map((value) => Number(value) / 255);
}
