// The load program (load.c) as the run holds it: an order is a line, its answer a line of JSON. One order at a time.
import { startProgram } from './program.mjs';

export class Load {
  #program;
  #waiting = null;

  constructor(binary, core) {
    this.#program = startProgram([binary], { core, onLine: (line) => this.#answered(line) });
    this.#program.onEnd = () => this.#fail(`the load ended: ${this.#program.said}`);
  }

  get pid() {
    return this.#program.pid;
  }

  /** `file`: of requests.mjs; `closes`: a new connection for each request. */
  open(name, { port, connections, file, closes = false }) {
    return this.#order(`target ${name} ${port} ${connections} ${file}${closes ? ' close' : ''}`);
  }

  /** A closed loop, at most `most` requests a second; 0 or nothing: as fast as the answers come. */
  run(name, ms, most = 0) {
    return this.#order(`run ${name} ${ms} ${Math.round(most)}`);
  }

  /** An open loop: so many requests a second, whatever the answers do. */
  rate(name, perSecond, ms) {
    return this.#order(`rate ${name} ${perSecond} ${ms}`);
  }

  /** One request on each connection; all stay open. */
  once(name) {
    return this.#order(`once ${name}`);
  }

  close(name) {
    return this.#order(`drop ${name}`);
  }

  async #order(line) {
    if (this.#program.hasEnded) throw new Error(`the load ended: ${this.#program.said}`);
    const answer = await new Promise((resolve, reject) => {
      this.#waiting = { resolve, reject };
      this.#program.say(line);
    });
    if (answer.error !== undefined) throw new Error(`the load refused \`${line}\`: ${answer.error}`);
    return answer;
  }

  #answered(line) {
    const { resolve } = this.#waiting;
    this.#waiting = null;
    resolve(JSON.parse(line));
  }

  #fail(message) {
    this.#waiting?.reject(new Error(message));
    this.#waiting = null;
  }
}
