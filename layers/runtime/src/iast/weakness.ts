import type { Source } from './sources.ts'
import type { Step } from './taints.ts'

/** Classes that a test run names: flows as the agent's attacks are called, and weaknesses of the configuration. */
export const weaknesses = {
  'sql-injection': { cwe: 'CWE-89', text: 'Input reaches a statement of a database', level: 'error' },
  'nosql-injection': { cwe: 'CWE-943', text: 'Input brings operators into a filter', level: 'error' },
  'command-injection': { cwe: 'CWE-78', text: 'Input reaches a command', level: 'error' },
  'path-traversal': { cwe: 'CWE-22', text: 'Input names a file', level: 'error' },
  ssrf: { cwe: 'CWE-918', text: 'Input chooses the host of a request', level: 'error' },
  'code-injection': { cwe: 'CWE-94', text: 'Input is run as code', level: 'error' },
  'template-injection': { cwe: 'CWE-1336', text: 'Input is part of a template', level: 'error' },
  'unsafe-deserialisation': {
    cwe: 'CWE-502',
    text: 'Input is read by a deserialiser that runs code',
    level: 'error',
  },
  'ldap-injection': { cwe: 'CWE-90', text: 'Input reaches an LDAP filter', level: 'error' },
  'header-injection': { cwe: 'CWE-113', text: 'Input brings lines into a header', level: 'error' },
  'prototype-pollution': { cwe: 'CWE-1321', text: 'Input reaches a prototype', level: 'error' },
  xxe: { cwe: 'CWE-611', text: 'External entities of a document from outside are resolved', level: 'error' },
  xss: { cwe: 'CWE-79', text: 'Input stands unescaped in an HTML answer', level: 'error' },
  'open-redirect': { cwe: 'CWE-601', text: 'Input chooses where an answer redirects to', level: 'error' },
  'regex-denial': {
    cwe: 'CWE-1333',
    text: 'A regular expression that can take forever reads input',
    level: 'warning',
  },
  'weak-hash': { cwe: 'CWE-328', text: 'A broken hash function is used', level: 'warning' },
  'weak-cipher': { cwe: 'CWE-327', text: 'A broken cipher is used', level: 'warning' },
  'weak-randomness': { cwe: 'CWE-338', text: 'Math.random is used while serving a request', level: 'note' },
  'insecure-cookie': { cwe: 'CWE-614', text: 'A cookie lacks Secure, HttpOnly or SameSite', level: 'note' },
  'missing-header': { cwe: 'CWE-693', text: 'An HTML answer lacks protective headers', level: 'note' },
  'hard-coded-secret': { cwe: 'CWE-798', text: 'A secret stands in the source', level: 'warning' },
} as const

/** Name of a weakness. */
export type WeaknessName = keyof typeof weaknesses

/** A weakness that was seen, with the way of the input where there is one. */
export interface Weakness {
  readonly name: WeaknessName
  readonly sink: string
  /** `file:line:column` of the application; empty where it is not known. */
  readonly place: string
  readonly detail: string
  readonly source?: Source
  readonly steps?: readonly Step[]
  /** `GET /path` of the request in which it was seen. */
  readonly request: string
}
