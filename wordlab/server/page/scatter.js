// All points of a map in one draw call of WebGL2. They are sent to the card once; a frame sends a view.

const VERTEX = `#version 300 es
in vec2 position;
uniform vec2 centre, scale;
uniform float size, number;
void main() {
  gl_Position = vec4((position - centre) * scale, 0.0, 1.0);
  // points come in order of frequency: the most frequent are drawn twice as wide
  float rank = log(1.0 + float(gl_VertexID)) / log(1.0 + number);
  gl_PointSize = max(1.0, size * (2.0 - rank));
}`;

const FRAGMENT = `#version 300 es
precision mediump float;
uniform vec4 colour;
out vec4 shade;
void main() {
  float alpha = colour.a * (1.0 - smoothstep(0.35, 0.5, length(gl_PointCoord - 0.5)));
  shade = vec4(colour.rgb * alpha, alpha);
}`;

export class Scatter {
  #canvas;
  #gl;
  #uniforms;
  #number = 0;
  #coordinates = new Float32Array();

  // Throws an Error where the browser has no WebGL2.
  constructor(canvas, onRestored) {
    this.#canvas = canvas;
    this.#start();
    canvas.addEventListener("webglcontextlost", (event) => event.preventDefault());
    canvas.addEventListener("webglcontextrestored", () => {
      this.#start();
      this.load(this.#coordinates);
      onRestored();
    });
  }

  // Takes x and y of each point, in one array.
  load(coordinates) {
    this.#coordinates = coordinates;
    this.#number = coordinates.length / 2;
    this.#gl.bufferData(this.#gl.ARRAY_BUFFER, coordinates, this.#gl.STATIC_DRAW);
  }

  // Draws the first `number` points as `view` shows them. `colour` is [red, green, blue, alpha], from 0 to 1.
  draw(view, { colour, size, number = this.#number }) {
    const gl = this.#gl;
    const { width, height } = this.#canvas;
    gl.viewport(0, 0, width, height);
    gl.clear(gl.COLOR_BUFFER_BIT);
    gl.uniform2f(this.#uniforms.centre, view.x, view.y);
    gl.uniform2f(this.#uniforms.scale, (2 * view.unit) / view.width, (2 * view.unit) / view.height);
    gl.uniform1f(this.#uniforms.size, size);
    gl.uniform1f(this.#uniforms.number, this.#number);
    gl.uniform4fv(this.#uniforms.colour, colour);
    gl.drawArrays(gl.POINTS, 0, Math.min(number, this.#number));
  }

  // Waits until all that was drawn is on the canvas; for measuring.
  finish() {
    this.#gl.readPixels(0, 0, 1, 1, this.#gl.RGBA, this.#gl.UNSIGNED_BYTE, new Uint8Array(4));
  }

  #start() {
    const gl = this.#canvas.getContext("webgl2", { antialias: false, depth: false, alpha: true });
    if (gl === null) throw new Error("This browser draws no WebGL2. The lists hold what the map would show.");
    const program = gl.createProgram();
    for (const [kind, source] of [[gl.VERTEX_SHADER, VERTEX], [gl.FRAGMENT_SHADER, FRAGMENT]]) {
      const shader = gl.createShader(kind);
      gl.shaderSource(shader, source);
      gl.compileShader(shader);
      gl.attachShader(program, shader);
    }
    gl.linkProgram(program);
    if (!gl.getProgramParameter(program, gl.LINK_STATUS) && !gl.isContextLost()) {
      throw new Error(`The map cannot be drawn: ${gl.getProgramInfoLog(program)}`);
    }
    gl.useProgram(program);
    gl.bindBuffer(gl.ARRAY_BUFFER, gl.createBuffer());
    const place = gl.getAttribLocation(program, "position");
    gl.enableVertexAttribArray(place);
    gl.vertexAttribPointer(place, 2, gl.FLOAT, false, 0, 0);
    gl.enable(gl.BLEND);
    gl.blendFunc(gl.ONE, gl.ONE_MINUS_SRC_ALPHA);
    gl.clearColor(0, 0, 0, 0);
    this.#gl = gl;
    this.#uniforms = Object.fromEntries(
      ["centre", "scale", "size", "number", "colour"].map((name) => [name, gl.getUniformLocation(program, name)]),
    );
  }
}
