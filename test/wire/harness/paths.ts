// The ways in which the product is started for every wire case: the values of the setting `paths`, and how accepted sockets
// and heads are read. INVARIANT: each case of the fast path meets both readings, so that what is used instead costs no run of its own.
// HEADGATE_TEST_PATHS=fast or slow: every gateway runs on that path alone (`make e2e-paths`).

export type Path = 'fast' | 'slow';

export interface Way {
  readonly paths: readonly Path[];
  /**
   * Accepted sockets are read by their events, as where the internals of Node are not as expected, and heads byte by byte, as where there is
   * no room for programs in WebAssembly.
   */
  readonly isPublic: boolean;
  /** In the titles of cases: `-t ' on fast'` plays those with the fast path. */
  readonly on: string;
}

/** As the product is shipped. */
const SHIPPED: Way = { paths: ['fast', 'slow'], isPublic: false, on: 'fast+slow' };

const ASKED = pathAsked(process.env['HEADGATE_TEST_PATHS']);
const isAsked = ({ paths }: Way): boolean => ASKED === undefined || (paths.length === 1 && paths[0] === ASKED);

/** Of every gateway whose case does not say a way: as shipped, or the one that is asked for. */
export const PATHS: readonly Path[] = ASKED === undefined ? SHIPPED.paths : [ASKED];

const EVERY_WAY: readonly Way[] = [
  { paths: ['slow'], isPublic: false, on: 'slow' },
  { paths: ['fast'], isPublic: true, on: 'fast (public API)' },
  SHIPPED,
];

export const WAYS: readonly Way[] = EVERY_WAY.filter(isAsked);

/** For cases of the hand-over from one path to the other: each reading hands over in its own way. */
export const HAND_OVER_WAYS: readonly Way[] = [
  ...EVERY_WAY,
  { ...SHIPPED, isPublic: true, on: 'fast+slow (public API)' },
].filter(isAsked);

/** What a case may expect of the fast path alone (rules marked `fast` in the rules of the byte path). */
export function isFast({ paths }: Way): boolean {
  return paths.includes('fast');
}

/** Nobody carries what the fast path does not: WebSocket, Expect, HTTP/1.0 and CONNECT are refused. */
export function isFastAlone({ paths }: Pick<Way, 'paths'>): boolean {
  return !paths.includes('slow');
}

/** A request of the closed list goes from the fast path to the slow one, and its connection ends after the answer. */
export function handsOver({ paths }: Way): boolean {
  return paths.length === 2;
}

function pathAsked(word: string | undefined): Path | undefined {
  if (word === undefined || word === 'fast' || word === 'slow') return word;
  throw new Error(`HEADGATE_TEST_PATHS is \`${word}\`: it is fast, slow or absent`);
}
