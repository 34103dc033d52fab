// Who claims any part of a period first, of any number of claims: a segment tree over the bounds of them all.
import type { Period } from './policy.js';

interface Claim {
  /** A whole number; the smallest is the first. */
  readonly owner: number;
  readonly period: Period;
}

/** Asking costs the logarithm of the number of claims. */
export class Timeline {
  /** Ascending, each once; a stretch lies between two neighbours. */
  readonly #bounds: readonly number[];
  /** A power of two; stretch 0 is the node of this number. */
  readonly #leaves: number;
  /** By node the smallest owner: of anything in its stretches, and of all of them together. */
  readonly #anything: Float64Array;
  readonly #whole: Float64Array;

  constructor(claims: readonly Claim[]) {
    this.#bounds = [...new Set(claims.flatMap(({ period }) => boundsOf(period)))].sort((a, b) => a - b);
    this.#leaves = 2 ** Math.ceil(Math.log2(Math.max(2, this.#bounds.length)));
    this.#anything = new Float64Array(2 * this.#leaves).fill(Infinity);
    this.#whole = new Float64Array(2 * this.#leaves).fill(Infinity);
    for (const { owner, period } of claims) this.#claim(owner, period);
  }

  /** The smallest owner of any part of the period; Infinity where nobody claims any. */
  firstIn(period: Period): number {
    const [first, end] = this.#leavesOf(period);
    if (first >= end) return Infinity;
    let smallest = Infinity;
    for (const node of nodesOf(first, end)) smallest = Math.min(smallest, this.#anything[node] ?? Infinity);
    for (const node of aboveEnds(first, end)) smallest = Math.min(smallest, this.#whole[node] ?? Infinity);
    return smallest;
  }

  #claim(owner: number, period: Period): void {
    const [first, end] = this.#leavesOf(period);
    if (first >= end) return;
    for (const node of nodesOf(first, end)) {
      lower(this.#whole, node, owner);
      lower(this.#anything, node, owner);
    }
    for (const node of aboveEnds(first, end)) lower(this.#anything, node, owner);
  }

  /** The leaves whose stretches the period touches, the second exclusive. */
  #leavesOf(period: Period): readonly [number, number] {
    const [from, until] = boundsOf(period);
    const at = this.#firstAtLeast(from);
    const first = this.#bounds[at] === from ? at : Math.max(0, at - 1);
    const end = Math.min(this.#firstAtLeast(until), this.#bounds.length - 1);
    return [first + this.#leaves, end + this.#leaves];
  }

  #firstAtLeast(instant: number): number {
    let [low, high] = [0, this.#bounds.length];
    while (low < high) {
      const middle = (low + high) >>> 1;
      if ((this.#bounds[middle] ?? Infinity) >= instant) high = middle;
      else low = middle + 1;
    }
    return low;
  }
}

/** The fewest nodes that together are the leaves from `first` to before `end`. */
function nodesOf(first: number, end: number): readonly number[] {
  const nodes: number[] = [];
  for (let [low, high] = [first, end]; low < high; low >>>= 1, high >>>= 1) {
    if ((low & 1) === 1) nodes.push(low++);
    if ((high & 1) === 1) nodes.push(--high);
  }
  return nodes;
}

/** Every node above one of these leaves that is above others too stands above the first or the last. */
function aboveEnds(first: number, end: number): readonly number[] {
  const nodes: number[] = [];
  for (const leaf of [first, end - 1]) for (let node = leaf >>> 1; node > 0; node >>>= 1) nodes.push(node);
  return nodes;
}

function lower(owners: Float64Array, node: number, owner: number): void {
  owners[node] = Math.min(owner, owners[node] ?? Infinity);
}

function boundsOf({ from, until }: Period): readonly [number, number] {
  return [from ?? -Infinity, until ?? Infinity];
}
