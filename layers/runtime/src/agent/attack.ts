/** Classes of attack that the agent stops. */
export type AttackClass =
  | 'sql-injection'
  | 'nosql-injection'
  | 'command-injection'
  | 'path-traversal'
  | 'ssrf'
  | 'code-injection'
  | 'prototype-pollution'
  | 'xxe'
  | 'xss'
  | 'open-redirect'
  | 'template-injection'
  | 'unsafe-deserialisation'
  | 'ldap-injection'
  | 'header-injection'
  | 'regex-denial'

/** CWE and MITRE ATT&CK technique of each class. */
export const attackReferences: Readonly<
  Record<AttackClass, { readonly cwe: string; readonly technique: string }>
> = {
  'sql-injection': { cwe: 'CWE-89', technique: 'T1190' },
  'nosql-injection': { cwe: 'CWE-943', technique: 'T1190' },
  'command-injection': { cwe: 'CWE-78', technique: 'T1059' },
  'path-traversal': { cwe: 'CWE-22', technique: 'T1083' },
  ssrf: { cwe: 'CWE-918', technique: 'T1190' },
  'code-injection': { cwe: 'CWE-94', technique: 'T1059.007' },
  'prototype-pollution': { cwe: 'CWE-1321', technique: 'T1190' },
  xxe: { cwe: 'CWE-611', technique: 'T1190' },
  xss: { cwe: 'CWE-79', technique: 'T1189' },
  'template-injection': { cwe: 'CWE-1336', technique: 'T1059.007' },
  'unsafe-deserialisation': { cwe: 'CWE-502', technique: 'T1190' },
  'ldap-injection': { cwe: 'CWE-90', technique: 'T1190' },
  'header-injection': { cwe: 'CWE-113', technique: 'T1190' },
  'regex-denial': { cwe: 'CWE-1333', technique: 'T1499.004' },
  'open-redirect': { cwe: 'CWE-601', technique: 'T1566.002' },
}

/** What a judge found: which part of the sink's argument came from outside and changed its meaning. */
export interface Finding {
  readonly attack: AttackClass
  /** Up to 200 characters of the offending part. */
  readonly matched: string
  /** Why this is no innocent value, for the event. */
  readonly reason: string
}

/** Makes a finding with its text cut. */
export function finding(attack: AttackClass, matched: string, reason: string): Finding {
  return { attack, matched: matched.slice(0, 200), reason }
}
