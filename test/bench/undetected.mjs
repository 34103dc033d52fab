// Imported before a gateway's own modules, by the benchmark alone: a gateway without its detectors and without its second look, so that
// what they cost can be told. There is no setting for that, and never will be.
import { NeedleRows } from '../../dist/decision/needle-rows.js';
import { egressCheckOf } from '../../dist/egress/look.js';
import { Running } from '../../dist/proxy/running.js';

NeedleRows.prototype.with = () => 0;
Running.prototype.takesSample = () => false;
Object.getPrototypeOf(egressCheckOf({ own: [], watched: [], exact: 'withhold' })).look = () => undefined;
