/** Stable codes of what this package throws. */
export type LayerErrorCode =
  | 'LAYER_SOCKET_PATH_TOO_LONG'
  | 'LAYER_SOCKET_IN_USE'
  | 'LAYER_DATA_LOCKED'
  | 'LAYER_DATA_UNUSABLE'
  | 'LAYER_KEYS_INVALID'
  | 'LAYER_KEYS_MODE'
  | 'LAYER_REGISTRY_INVALID'
  | 'LAYER_CONFIG_MISSING'
  | 'LAYER_CONFIG_INVALID'
  | 'LAYER_MODE_WEAKENING'
  | 'LAYER_MODE_UNKNOWN_SITE'
  | 'LAYER_SLOT_INVALID'
  | 'LAYER_METRIC_INVALID'
  | 'LAYER_HOST_INVALID'
  | 'LAYER_TOKEN_INVALID'
  | 'LAYER_ENROL_REFUSED'
  | 'LAYER_ENROL_UNREACHABLE'

/** A broken environment or a misuse: what happened, and in `hint` what the reader can do. */
export class LayerError extends Error {
  readonly code: LayerErrorCode
  /** Next step for the reader, lower case, no full stop. */
  readonly hint: string
  constructor(code: LayerErrorCode, message: string, options: { hint?: string; cause?: unknown } = {}) {
    super(message, options.cause === undefined ? undefined : { cause: options.cause })
    this.name = 'LayerError'
    this.code = code
    this.hint = options.hint ?? ''
  }
}

/** The `code` of a system error such as `ENOSPC`, or an empty string. */
export function systemCode(error: unknown): string {
  if (typeof error !== 'object' || error === null || !('code' in error)) return ''
  return typeof error.code === 'string' ? error.code : ''
}
