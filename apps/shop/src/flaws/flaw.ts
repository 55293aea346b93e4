/** Names of the deliberate flaws; each can be switched off (`SHOP_PATCHED`), so that tests see both variants. */
export type FlawId =
  | 'sql-search'
  | 'sql-login'
  | 'sql-product'
  | 'sql-sort'
  | 'sql-cookie'
  | 'sql-api'
  | 'sql-second-order'
  | 'parameter-join'
  | 'error-disclosure'
  | 'nosql-login'
  | 'nosql-filter'
  | 'command-label'
  | 'command-newsletter'
  | 'argument-help'
  | 'path-download'
  | 'path-assets'
  | 'path-picture'
  | 'ssrf-image'
  | 'ssrf-webhook'
  | 'template-gift'
  | 'prototype-preferences'
  | 'deserialise-cart'
  | 'xxe-prices'
  | 'entity-expansion'
  | 'xss-search'
  | 'xss-review'
  | 'redirect-go'
  | 'upload-any'
  | 'upload-traversal'
  | 'login-no-lockout'
  | 'session-predictable'
  | 'token-none'
  | 'idor-order'
  | 'mass-assignment'
  | 'header-trust'
  | 'redos-coupon'
  | 'forgotten-backup'
  | 'slow-client'
  | 'smuggle-warehouse'
  | 'hold-flood'

/** One deliberate flaw, as the README documents it. */
export interface Flaw {
  readonly id: FlawId
  /** Class of attack, in the words of the proof. */
  readonly class: string
  /** Common Weakness Enumeration number. */
  readonly cwe: number
  readonly endpoint: string
  /** A request (or its telling part) that shows the flaw. */
  readonly example: string
}
