import type { Victim } from '../browser/victim.ts'
import type { SinkView } from '../sink/sink-server.ts'
import type { Answer } from '../visitor/answer.ts'
import type { Visitor } from '../visitor/visitor.ts'

/** Classes of attack, in the order of the report. */
export const attackClasses = [
  'sql-injection',
  'nosql-injection',
  'command-injection',
  'template-injection',
  'deserialisation',
  'prototype-pollution',
  'path-traversal',
  'ssrf',
  'xxe',
  'xss',
  'open-redirect',
  'file-upload',
  'broken-authentication',
  'broken-access-control',
  'header-spoofing',
  'brute-force',
  'redos',
  'slow-client',
  'smuggling',
  'flood',
  'exfiltration',
  'edge-bypass',
  'backbone',
  'probing',
  'scraping',
  'bad-bot',
] as const

/** One of the classes of attack. */
export type AttackClass = (typeof attackClasses)[number]

/** What the application hides; only oracles look at it, never steps. */
export interface Loot {
  readonly paymentKey: string
  readonly fileKey: string
  readonly partnerPassword: string
  readonly partnerKey: string
  readonly heldReview: string
}

/** Rows that an attack may have changed, read past the application's pages. */
export interface AppState {
  readonly users: readonly { readonly name: string; readonly role: string; readonly display: string }[]
  readonly reviews: readonly { readonly text: string }[]
  readonly tables: readonly { readonly tablename: string }[]
}

/** Looks at the application from behind. */
export interface Witness {
  readonly loot: Loot
  /** Folder of the application's files, which an attacker knows from documentation or an error page. */
  readonly folder: string
  state(): Promise<AppState>
  /** A file below the folder; undefined when it is not there. */
  file(path: string): string | undefined
}

/** Where one attempt takes place. */
export interface Scene {
  /** The attacker. */
  readonly visitor: Visitor
  readonly sink: SinkView
  /** The attacker, past everything that stands before the application: straight at its own port. */
  origin(): Visitor
  /** Somebody innocent from another address, who only wants a page; not judged. */
  bystander(): Visitor
  readonly witness: Witness
  /** Somebody else, logged in as `user`; judged under the same address, because the attack made the page. */
  victim(user: string): Promise<Victim>
  /** From 0 to below 1, from the seed. */
  random(): number
  /** Lets time pass between tries, as patient attackers do. */
  pause(ms: number): Promise<void>
}

/** What every attack is known by. */
export interface AttackFacts {
  /** Stable, kebab-case; also the name of the file. */
  readonly id: string
  readonly class: AttackClass
  /** One line: what is done. */
  readonly title: string
  /** Common Weakness Enumeration number. */
  readonly cwe: number
  /** Common Attack Pattern Enumeration number. */
  readonly capec: number
  /** MITRE ATT&CK technique. */
  readonly technique: string
  /** What must be given before the first step; empty for a stranger with a browser. */
  readonly preconditions: readonly string[]
  /** True for attacks that take seconds; left out with `--quick`. */
  readonly slow?: boolean
}

/** How an attack is written: `E` is what the steps bring home and the oracle looks at. */
export interface AttackSource<E> extends AttackFacts {
  /** Does the attack. */
  steps(scene: Scene): Promise<E>
  /** True only when the attacker really got or changed something. */
  oracle(evidence: E, scene: Scene): boolean | Promise<boolean>
  /** The nearest innocent use; gives its answers. */
  twin(scene: Scene): Promise<Answer>
  /** True when the application served the twin. Default: status below 400. */
  readonly twinServed?: (answer: Answer) => boolean
}

/** An attack as the proof runs it. */
export interface Attack extends AttackFacts {
  /** Steps and oracle: true when the attack worked. */
  attempt(scene: Scene): Promise<boolean>
  /** True when the innocent twin was served. */
  innocent(scene: Scene): Promise<boolean>
}

function isServed(answer: Answer): boolean {
  return answer.status >= 200 && answer.status < 400
}

/** Closes an attack over its kind of evidence. */
export function defineAttack<E>(source: AttackSource<E>): Attack {
  const { steps, oracle, twin, twinServed = isServed, ...facts } = source
  return {
    ...facts,
    attempt: async (scene) => oracle(await steps(scene), scene),
    innocent: async (scene) => twinServed(await twin(scene)),
  }
}
