// Why the admin API does not do what it was asked: a closed list of codes with their statuses. docs/admin-api.yaml is held to it.

/** Status by code. Codes are stable: programs read them. */
export const ADMIN_REFUSALS = {
  'body-invalid': 400,
  'query-invalid': 400,
  'token-needed': 401,
  'role-lacking': 403,
  browser: 403,
  'not-found': 404,
  'method-wrong': 405,
  'lockdown-absent': 409,
  'lockdown-file': 409,
  'body-too-long': 413,
  'content-type': 415,
  'host-wrong': 421,
  'partner-unknown': 422,
  defect: 500,
  unavailable: 503,
} as const;

export type AdminRefusalCode = keyof typeof ADMIN_REFUSALS;

/** Thrown by whatever cannot answer; `message` is one line for whoever asked and never holds what they sent as a secret. */
export class AdminRefusal extends Error {
  readonly code: AdminRefusalCode;

  constructor(code: AdminRefusalCode, message: string) {
    super(message);
    this.code = code;
  }
}
