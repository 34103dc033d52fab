// One worker as its primary sees it: what it last said, and a way to wait until it has said enough. Starts and ends nothing by itself.
import type { Proxy } from '../proxy/proxy.js';
import type { FromWorker } from './messages.js';
import type { WorkerLink } from './worker-link.js';

export type WorkerReport = Extract<FromWorker, { readonly kind: 'counts' | 'leaks' | 'names' | 'releases' }>;

export class WorkerMember {
  readonly id: number;
  readonly link: WorkerLink;
  /** The generation that it could serve next; -1: none yet. */
  ready = -1;
  /** The generation that it serves; -1: it does not listen yet. */
  serving = -1;
  /** The last generation that it was told to serve; -1: none yet. */
  went = -1;
  /** The last lockdown that it has in force, by its number. */
  locked = -1;
  /** The last request for counts that it answered. */
  answered = -1;
  addresses: Proxy['addresses'] = [];
  isDrained = false;
  isOver = false;
  /** Why its last task could not be done, in one line. */
  failure: string | null = null;
  readonly #waiting = new Set<() => void>();

  /** `onReport` hears what it counted and saw. */
  constructor(id: number, link: WorkerLink, onReport: (message: WorkerReport, id: number) => void) {
    this.id = id;
    this.link = link;
    link.listen((message) => {
      if (isReport(message)) onReport(message, id);
      this.#take(message);
      this.#wake();
    });
  }

  /** The worker is gone. */
  end(): void {
    this.isOver = true;
    this.#wake();
  }

  /** True once `condition` holds; false when the worker is gone or failed at its task before, or after `withinMs`. */
  reach(condition: (member: WorkerMember) => boolean, withinMs: number): Promise<boolean> {
    this.failure = null;
    return this.#wait(condition, withinMs, () => this.isOver || this.failure !== null);
  }

  /** The same for what is no task of its own: that another one failed says nothing of it. */
  hear(condition: (member: WorkerMember) => boolean, withinMs: number): Promise<boolean> {
    return this.#wait(condition, withinMs, () => this.isOver);
  }

  #wait(condition: (member: WorkerMember) => boolean, withinMs: number, isVain: () => boolean): Promise<boolean> {
    return new Promise((resolve) => {
      const settle = (isMet: boolean): void => {
        clearTimeout(timer);
        this.#waiting.delete(look);
        resolve(isMet);
      };
      const look = (): void => {
        if (condition(this)) settle(true);
        else if (isVain()) settle(false);
      };
      const timer = setTimeout(() => settle(false), withinMs);
      this.#waiting.add(look);
      look();
    });
  }

  #wake(): void {
    for (const look of [...this.#waiting]) look();
  }

  #take(message: FromWorker): void {
    switch (message.kind) {
      case 'up':
      case 'leaks':
      case 'releases':
      case 'names':
        return;
      case 'ready':
        this.ready = message.generation;
        return;
      case 'serving':
        this.serving = message.generation;
        this.addresses = message.addresses;
        return;
      case 'locked':
        this.locked = message.sequence;
        return;
      case 'failed':
        this.failure = message.message;
        return;
      case 'counts':
        if (message.request !== null) this.answered = message.request;
        return;
      case 'drained':
        this.isDrained = true;
        return;
      default:
        message satisfies never;
    }
  }
}

function isReport(message: FromWorker): message is WorkerReport {
  const { kind } = message;
  return kind === 'counts' || kind === 'leaks' || kind === 'names' || kind === 'releases';
}
