// The incident report as a value: plain data, JSON-safe, every figure with its source. How it looks is the renderers' matter.

/** A statement, and where it is from: `ledger`, `history, record 12`, `policies`, `command line`, `the rule`, `none`. */
export interface Said {
  readonly text: string;
  readonly source: string;
}

/** What is counted of people: under 10 it is only said that it is. */
export interface Count extends Said {
  /** Whole numbers; null: under 10. */
  readonly least: number | null;
  readonly most: number | null;
  /** The best guess, or the exact number; null: there is only an interval, or it is under 10. */
  readonly value: number | null;
}

/** RFC 3339 in UTC, whole seconds. */
export interface Moment extends Said {
  readonly at: string;
}

export interface Event extends Moment {
  readonly kind: 'proposed' | 'approved' | 'admitted' | 'released' | 'leaked' | 'aware' | 'measure' | 'other';
}

export interface Awareness extends Said {
  /** null: not known. */
  readonly at: string | null;
  /** `no-later-than`: nobody said when; a trace of it is that old. */
  readonly how: 'given' | 'no-later-than' | 'unknown';
}

export interface Clock extends Said {
  readonly rule: string;
  readonly whom: string;
  readonly hours: number;
  /** null: awareness is not known. */
  readonly due: string | null;
  readonly state: 'running' | 'over' | 'unknown';
}

export interface ExposedData extends Said {
  readonly header: string;
  readonly form: string;
  readonly carries: string;
  /** To whoever received it. */
  readonly unintelligible: 'yes' | 'no' | 'not known';
  readonly releases: Count;
  readonly people: Count;
}

export interface ReportRecipient {
  readonly domain: string;
  readonly partners: readonly string[];
  readonly hosts: readonly string[];
  readonly headers: readonly string[];
  readonly releases: Count;
  readonly people: Count;
  readonly first: string;
  readonly last: string;
  readonly source: string;
}

/** Of a leak `releases` are findings. */
export interface ReportLeak {
  readonly domain: string;
  /** null: a stranger. */
  readonly partner: string | null;
  readonly field: string;
  readonly detector: string;
  readonly outcome: string;
  readonly releases: Count;
  readonly people: Count;
  readonly first: string;
  readonly last: string;
  readonly source: string;
}

/** All places of one field, detector and outcome together: where each place has few, these may be many. */
export interface LeakSum {
  readonly field: string;
  readonly detector: string;
  readonly outcome: string;
  /** How many registrable domains. */
  readonly domains: number;
  readonly releases: Count;
  readonly people: Count;
  readonly first: string;
  readonly last: string;
  readonly source: string;
}

/** What left in fields that nobody knew as identity: it escaped, or the policy only counts it. Not the canary's, and no mere names. */
export interface LeftLeaks {
  readonly fields: readonly string[];
  readonly domains: number;
  readonly releases: Count;
  readonly people: Count;
  readonly first: string;
  readonly last: string;
  readonly source: string;
}

/** One change that added something, and what. */
export interface AddedExposure extends Said {
  readonly at: string;
  readonly digest: string;
  /** null: nothing ran before, as far as this gateway's state knows. */
  readonly before: string | null;
  /** The comparison, line by line; null: there was nothing before, or one of the two policies is not kept any more. */
  readonly lines: readonly string[] | null;
}

/** One thing that a notice asks for. */
export interface Field {
  readonly asks: string;
  /** null: headgate does not know it. */
  readonly answer: Said | null;
  /** What a person has to add or judge; null: nothing. */
  readonly forOfficer: string | null;
}

export interface Notice {
  readonly title: string;
  readonly fields: readonly Field[];
}

export interface Report {
  readonly headgateReport: 1;
  readonly version: string;
  readonly made: string;
  readonly jurisdiction: 'uk' | 'eu';
  readonly from: string;
  readonly until: string;
  /** What was asked for beside the period, in words; empty: everything. */
  readonly scope: readonly string[];
  /** Whose releases are told: those that a change in the period made possible, or all. */
  readonly basis: 'added' | 'all';
  /** Three sentences. */
  readonly summary: readonly [Said, Said, Said];
  readonly timeline: readonly Event[];
  readonly awareness: Awareness;
  readonly clocks: readonly Clock[];
  readonly exposure: readonly AddedExposure[];
  readonly data: readonly ExposedData[];
  readonly people: Count;
  /** Headers that left: one a request and header. */
  readonly releases: Count;
  readonly recipients: readonly ReportRecipient[];
  /** Recipients that received what they received before too. */
  readonly others: readonly ReportRecipient[];
  readonly leaks: readonly ReportLeak[];
  readonly leakSums: readonly LeakSum[];
  /** null: none that is known. */
  readonly left: LeftLeaks | null;
  readonly measures: readonly Moment[];
  readonly evidence: readonly Said[];
  readonly unknown: readonly Said[];
  readonly notices: readonly Notice[];
}
