import { dirname, sep } from 'node:path'
import type { Agent } from '../agent.ts'
import { finding } from '../attack.ts'
import type { AttackClass, Finding } from '../attack.ts'
import { isInner } from '../judges/judge-address.ts'
import type { RefusedError } from '../refusal.ts'
import { currentRequest } from '../request-context.ts'
import type { RequestContext } from '../request-context.ts'
import { callSite, portablePath } from './call-site.ts'
import { maxExpected } from './profile.ts'
import type { Profile, UseKind } from './profile.ts'

/** `learn` writes down, `monitor` reports what is new, `enforce` refuses it as well. */
export type ProfileMode = 'off' | 'learn' | 'monitor' | 'enforce'

/** Ports from here on are chosen by the system, and another one each time. */
const firstFreePort = 32_768

interface Use {
  readonly kind: UseKind
  readonly values: readonly string[]
  readonly attack: AttackClass
  readonly matched: string
}

const reasons: Readonly<Record<UseKind, string>> = {
  statements: 'a statement of a structure that this place has never sent',
  programs: 'a program or an option that this place has never used',
  folders: 'a folder that this place has never touched',
  hosts: 'an inner host that this place has never spoken to',
}

function programsIn(file: string, args: readonly string[]): readonly string[] {
  const base = file.slice(Math.max(file.lastIndexOf('/'), file.lastIndexOf(sep)) + 1)
  const options = args.filter((arg) => arg.length > 1 && arg.startsWith('-'))
  return [base, ...options.map((option) => `${base} ${option.split('=', 1)[0] ?? ''}`)]
}

/**
 * Compares what a place does with what it did while it was learned. Something new is a finding only while the request
 * carries marks that could have brought it about; a known place and a hostile request together are the signal.
 */
export class ProfileKeeper {
  readonly profile: Profile
  readonly mode: ProfileMode
  readonly #agent: Agent
  /** Called when the profile has grown. */
  readonly #onGrowth: () => void

  constructor(agent: Agent, mode: ProfileMode, profile: Profile, onGrowth: () => void) {
    this.#agent = agent
    this.mode = mode
    this.profile = profile
    this.#onGrowth = onGrowth
  }

  /** A statement that the judges let pass. */
  checkStatement(sink: string, shape: string, text: string): RefusedError | null {
    if (this.mode === 'off') return null
    return this.#check(sink, { kind: 'statements', values: [shape], attack: 'sql-injection', matched: text })
  }

  /** A program that is about to start. */
  checkProgram(sink: string, file: string, args: readonly string[]): RefusedError | null {
    if (this.mode === 'off') return null
    const values = programsIn(file, args)
    return this.#check(sink, {
      kind: 'programs',
      values,
      attack: 'command-injection',
      matched: [file, ...args].join(' '),
    })
  }

  /** A line that a shell is about to read, by the programs it names. */
  checkLine(sink: string, line: string, programs: readonly string[]): RefusedError | null {
    if (this.mode === 'off') return null
    const values = programs.map((program) => `sh: ${program}`)
    return this.#check(sink, { kind: 'programs', values, attack: 'command-injection', matched: line })
  }

  /** A file that is about to be opened. */
  checkFile(sink: string, path: string): RefusedError | null {
    if (this.mode === 'off') return null
    const folder = portablePath(dirname(path))
    // Modules are loaded whenever somebody needs them; a folder known from another place is no surprise.
    if (folder.includes('node_modules')) return null
    if (this.mode !== 'learn' && this.profile.isUsed('folders', folder)) return null
    return this.#check(sink, { kind: 'folders', values: [folder], attack: 'path-traversal', matched: path })
  }

  /** A host that a request is about to go to. */
  checkHost(sink: string, host: string, port: string): RefusedError | null {
    if (this.mode === 'off' || (this.mode !== 'learn' && !isInner(host))) return null
    const value = Number(port) >= firstFreePort ? `${host}:*` : `${host}:${port}`
    return this.#check(sink, { kind: 'hosts', values: [value], attack: 'ssrf', matched: value })
  }

  /** Takes over what a request did, once it is known to have been a good one. */
  learn(context: RequestContext): void {
    let hasGrown = false
    for (const { kind, site, value } of context.takeUses())
      hasGrown = this.profile.add(kind, site, value) || hasGrown
    if (hasGrown) this.#onGrowth()
  }

  #check(sink: string, use: Use): RefusedError | null {
    const context = currentRequest.getStore()
    if (context === undefined || this.#agent.mode === 'off') return null
    try {
      if (this.mode === 'learn') {
        const site = callSite()
        if (site !== '') for (const value of use.values) context.addUse({ kind: use.kind, site, value })
        return null
      }
      const found = this.#judge(context, use)
      if (found === null) return null
      return this.mode === 'enforce'
        ? this.#agent.object(found, sink, context)
        : this.#agent.notice(found, sink, context)
    } catch (error) {
      this.#agent.fault(error, `profile ${sink}`)
      return null
    }
  }

  #judge(context: RequestContext, { kind, values, attack, matched }: Use): Finding | null {
    if (this.profile.size(kind) === 0 || !context.isTelling()) return null
    const site = callSite()
    if (site === '') return null
    const known = this.profile.valuesAt(kind, site)
    // A place that never started a program is a surprise by itself; other kinds have many rare places.
    if (known === undefined) return kind === 'programs' ? finding(attack, matched, reasons[kind]) : null
    if (known.size > maxExpected || values.every((value) => known.has(value))) return null
    if (kind === 'folders' && [...known].some((root) => values[0]?.startsWith(`${root}/`) === true))
      return null
    return finding(attack, matched, reasons[kind])
  }
}
