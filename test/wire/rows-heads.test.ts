// Rows 1 to 41: names, values, and what Connection says. Each row whole, byte by byte, and with a request behind it.
import { describeRows } from './harness/suite.js';
import { CONNECTION_ROWS } from './rows/connection.js';
import { NAME_ROWS } from './rows/names.js';
import { VALUE_ROWS } from './rows/values.js';

describeRows('heads', [...NAME_ROWS, ...VALUE_ROWS, ...CONNECTION_ROWS], { name: 'rows-heads' });

// With the highest limit that may be set, Node's own cut at a thousand fields must not hide the ones behind it.
describeRows(
  'heads of as many fields as may be permitted',
  VALUE_ROWS.filter(({ row }) => row >= 32 && row <= 35),
  { name: 'rows-heads-fields', settings: { limits: { fields: 1000 } } },
);
