// Rows 102 to 126 that are one message and one outcome: versions, methods, refused CONNECT, upgrades that are none, Expect.
import { describeRows } from './harness/suite.js';
import { LINE_ROWS } from './rows/lines.js';

describeRows('lines', LINE_ROWS, { name: 'rows-lines' });
