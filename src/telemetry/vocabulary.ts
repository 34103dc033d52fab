// What the label values of one configuration are: the listeners, what the policy in force names, and other folders' closed lists.

/** Label values that are known before traffic comes. Plain data; nothing in it is a host, an address or a value. */
export interface Vocabulary {
  readonly listeners: readonly string[];
  /** Header labels with their class: catalogue and policy. */
  readonly headers: readonly { readonly label: string; readonly class: string }[];
  /** What the policy can release, per listener. */
  readonly releases: readonly {
    readonly listener: string;
    readonly partner: string;
    readonly header: string;
    readonly form: string;
  }[];
  /** `why` of a refusal. */
  readonly refusals: readonly string[];
  /** `why` of an upstream error. */
  readonly upstreamErrors: readonly string[];
}
