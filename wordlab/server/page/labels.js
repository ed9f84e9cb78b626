// Words over a map, on a canvas of their own: first those that are lit, then the most frequent ones in sight,
// as many as fit without touching each other. Zooming in makes room for rarer ones.

import { visible } from "./dom.js";

const AREA = 6500; // square pixels of the map for a label
const MOST_TRIED = 4000; // points in sight that may ask for a label, of the most frequent
const LONGEST = 28; // characters
const GAP = 5;
const FONT = "system-ui, sans-serif";

export class Labels {
  #canvas;
  #context;
  #widths = new Map();

  constructor(canvas) {
    this.#canvas = canvas;
    this.#context = canvas.getContext("2d");
  }

  // Draws the words of `map` as `view` shows them. `lit` is {word, neighbours, hovered}, ids in `map`.
  draw(map, view, lit, colours) {
    const context = this.#context;
    const ratio = this.#canvas.width / view.width;
    context.setTransform(ratio, 0, 0, ratio, 0, 0);
    context.clearRect(0, 0, view.width, view.height);
    context.textAlign = "center";
    context.textBaseline = "middle";
    context.lineJoin = "round";
    const taken = [];
    const strong = [lit.hovered, ...lit.words].filter((id) => id >= 0);
    for (const id of lit.neighbours) this.#dot(map, view, id, 3.5, colours.accent, colours.paper);
    for (const id of strong) this.#dot(map, view, id, 5, colours.accent, colours.paper);
    for (const id of strong) this.#label(map, view, id, taken, colours.accent, colours.paper, 650, true);
    for (const id of lit.neighbours) this.#label(map, view, id, taken, colours.accent, colours.paper, 500, false);
    this.#frequent(map, view, taken, lit.words.length ? colours.muted : colours.ink, colours.paper);
    return taken.length;
  }

  #frequent(map, view, taken, colour, paper) {
    const { coordinates } = map;
    const most = Math.floor((view.width * view.height) / AREA);
    const [left, top] = view.toPlane(0, 0);
    const [right, bottom] = view.toPlane(view.width, view.height);
    let tried = 0;
    for (let id = 0; id < map.words.length && taken.length < most && tried < MOST_TRIED; id++) {
      const x = coordinates[2 * id];
      const y = coordinates[2 * id + 1];
      if (x < left || x > right || y < bottom || y > top) continue;
      tried++;
      this.#label(map, view, id, taken, colour, paper, 400, false);
    }
  }

  #label(map, view, id, taken, colour, paper, weight, always) {
    const [x, y] = view.toScreen(map.coordinates[2 * id], map.coordinates[2 * id + 1]);
    const size = Math.max(11.5, 15 - Math.log10(id + 1));
    const text = shortened(map.words[id]);
    const width = this.#width(text, size, weight);
    const above = y - size * 0.5 - 5;
    const box = [x - width / 2 - GAP, above - size / 2 - 2, x + width / 2 + GAP, above + size / 2 + 2];
    const touches = (other) =>
      box[0] < other[2] && box[2] > other[0] && box[1] < other[3] && box[3] > other[1];
    const outside = box[0] < 0 || box[2] > view.width || box[1] < 0 || box[3] > view.height;
    if (!always && (outside || taken.some(touches))) return;
    taken.push(box);
    const context = this.#context;
    context.font = `${weight} ${size}px ${FONT}`;
    context.strokeStyle = paper;
    context.lineWidth = 3.5;
    context.strokeText(text, x, above);
    context.fillStyle = colour;
    context.fillText(text, x, above);
  }

  #dot(map, view, id, radius, colour, paper) {
    const [x, y] = view.toScreen(map.coordinates[2 * id], map.coordinates[2 * id + 1]);
    const context = this.#context;
    context.beginPath();
    context.arc(x, y, radius, 0, 2 * Math.PI);
    context.fillStyle = colour;
    context.strokeStyle = paper;
    context.lineWidth = 3;
    context.stroke();
    context.fill();
  }

  #width(text, size, weight) {
    const key = `${weight} ${size.toFixed(1)} ${text}`;
    let width = this.#widths.get(key);
    if (width === undefined) {
      this.#context.font = `${weight} ${size}px ${FONT}`;
      width = this.#context.measureText(text).width;
      if (this.#widths.size > 50_000) this.#widths.clear();
      this.#widths.set(key, width);
    }
    return width;
  }
}

function shortened(word) {
  if (word.length <= LONGEST) return visible(word);
  return `${visible([...word].slice(0, LONGEST - 1).join(""))}\u2026`;
}
