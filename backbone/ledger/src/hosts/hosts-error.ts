/** Stable codes of `HostsError`; they stand in the answers to hosts and commands. */
export type HostsErrorCode =
  | 'HOSTS_BAD_REQUEST'
  | 'HOSTS_BAD_TOKEN'
  | 'HOSTS_BAD_CERTIFICATE_REQUEST'
  | 'HOSTS_FOREIGN_IDENTITY'
  | 'HOSTS_TOO_MANY'
  | 'HOSTS_UNKNOWN'
  | 'HOSTS_REVOKED'
  | 'HOSTS_NO_LEASE'
  | 'HOSTS_AUTHORITY'
  | 'HOSTS_COPY_GAP'
  | 'HOSTS_COPY_CONFLICT'

/** What enrolling refuses or cannot do. */
export class HostsError extends Error {
  readonly code: HostsErrorCode
  constructor(code: HostsErrorCode, message: string, options: { cause?: unknown } = {}) {
    super(message, options)
    this.name = 'HostsError'
    this.code = code
  }
}

/** HTTP status of each code. */
export const statusOf: Readonly<Record<HostsErrorCode, number>> = {
  HOSTS_BAD_REQUEST: 400,
  HOSTS_BAD_TOKEN: 401,
  HOSTS_BAD_CERTIFICATE_REQUEST: 400,
  HOSTS_FOREIGN_IDENTITY: 403,
  HOSTS_TOO_MANY: 429,
  HOSTS_UNKNOWN: 404,
  HOSTS_REVOKED: 403,
  HOSTS_NO_LEASE: 409,
  HOSTS_AUTHORITY: 503,
  HOSTS_COPY_GAP: 409,
  HOSTS_COPY_CONFLICT: 409,
}
