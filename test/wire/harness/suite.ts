// Runs cases on a stage as jest does: on every path, with one gateway for the file, closed and judged at the end.
import { type Way, WAYS } from './paths.js';
import { deliveriesOf, playRow, type Row } from './row.js';
import type { Samples } from './scrape.js';
import { Stage, type StageOptions } from './stage.js';

/** `define` is called once a way (default: `WAYS`) and defines the cases; `stage()` is there while they run. */
export function describeStage(
  title: string,
  options: StageOptions & { readonly ways?: readonly Way[] },
  define: (stage: () => Stage, way: Way) => void,
): void {
  const { ways = WAYS, ...opening } = options;
  describe.each(ways)(`${title} on $on`, (way) => {
    let stage: Stage | undefined;

    beforeAll(async () => {
      stage = await Stage.open(way, opening);
    }, 60_000);

    afterAll(async () => {
      await stage?.close();
    }, 60_000);

    define(() => {
      if (stage === undefined) throw new Error('the stage is not open');
      return stage;
    }, way);
  });
}

/** A table of rows: every row in every delivery. */
export function describeRows(title: string, rows: readonly Row[], options: StageOptions): void {
  describeStage(title, options, (stage) => {
    let samples: Samples;

    beforeAll(async () => {
      samples = await stage().gateway.metrics();
    });

    const cases = rows.flatMap((row) =>
      deliveriesOf(row).map((delivery) => ({ row, delivery, number: row.row, says: row.says })),
    );
    it.each(cases)('row $number: $says ($delivery)', async ({ row, delivery }) => {
      try {
        samples = await playRow(stage(), row, delivery, samples);
      } catch (error) {
        samples = await stage().gateway.metrics();
        throw error;
      }
    });
  });
}
