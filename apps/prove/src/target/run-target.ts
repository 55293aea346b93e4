import { setTimeout as wait } from 'node:timers/promises'
import type { ProofDocument } from '@sevenfold/event'
import type { JudgingEvent } from '../matrix/judging-event.ts'
import type { Progress } from '../matrix/run-proof.ts'
import type { Answer } from '../visitor/answer.ts'
import type { Outgoing } from '../visitor/visitor.ts'
import type { TargetProbe } from './probe.ts'
import { isRefusal } from './refusal.ts'
import { ScopeError, provesOwner, tokenPath } from './scope.ts'
import type { TargetScope } from './scope.ts'
import { askTarget, bodyText } from './target-client.ts'

/** How a site is probed. */
export interface TargetOptions {
  readonly scope: TargetScope
  readonly probes: readonly TargetProbe[]
  /** Authorities for the site's certificate, in PEM; default those of Node. */
  readonly ca?: string
  /** Judging events of the installation that guards the site, when its data folder is here. */
  readonly judgements?: () => Promise<readonly JudgingEvent[]>
  readonly onProgress?: (progress: Progress) => void
  readonly signal?: AbortSignal
}

/** What became of one probe. */
export interface TargetRow {
  readonly probe: TargetProbe
  /** The innocent twin was served: without that, a refusal says nothing. */
  readonly isTwinServed: boolean
  readonly status: number
  readonly twinStatus: number
  /** Ids that the site gave the hostile request. */
  readonly requestId: string | undefined
  readonly judges: readonly JudgingEvent[]
}

/** The findings about a site. */
export interface TargetProof {
  readonly scope: TargetScope
  readonly startedAt: number
  readonly requests: number
  readonly rows: readonly TargetRow[]
  readonly isLedgerRead: boolean
  readonly isStopped: boolean
  readonly document: ProofDocument
}

/** After so many requests the token is asked for again: taking the file away stops the proof from the other side. */
export const tokenEvery = 20

/** Longest wait for the ledger of the installation, in milliseconds. */
const ledgerWaitMs = 3000

/** What the answers alone say about a probe. */
export function outcomeOf(row: TargetRow): 'stopped' | 'detected' | 'missed' {
  const isRefused = isRefusal(row.status) && row.isTwinServed
  if (row.judges.some(({ verdict }) => verdict === 'stopped')) return 'stopped'
  if (isRefused) return 'stopped'
  return row.judges.length > 0 ? 'detected' : 'missed'
}

interface Messenger {
  readonly sent: () => number
  ask(outgoing: Outgoing): Promise<Answer>
  verify(): Promise<void>
}

/** Sends no faster than the scope allows, and asks for the token again and again. */
function createMessenger({ scope, ca, signal }: TargetOptions): Messenger {
  const site = { url: scope.url, ...(ca === undefined ? {} : { ca }) }
  let sent = 0
  const paced = async (outgoing: Outgoing): Promise<Answer> => {
    signal?.throwIfAborted()
    if (sent > 0) await wait(1000 / scope.rate, undefined, signal === undefined ? {} : { signal })
    sent++
    return askTarget(site, outgoing)
  }
  const verify = async (): Promise<void> => {
    const answer = await paced({ path: tokenPath })
    if (answer.status !== 200 || !provesOwner(bodyText(answer), scope.token)) {
      throw new ScopeError(
        `${scope.url.origin}${tokenPath} does not say the token (status ${answer.status}); put the text of the token file there`,
      )
    }
  }
  return {
    sent: () => sent,
    verify,
    ask: async (outgoing) => {
      if (sent % tokenEvery === 0) await verify()
      return paced(outgoing)
    },
  }
}

async function tryProbe(probe: TargetProbe, messenger: Messenger): Promise<TargetRow> {
  const twin = await messenger.ask(probe.twin)
  const hostile = await messenger.ask(probe.attack)
  return {
    probe,
    isTwinServed: twin.status !== 0 && twin.status < 500 && !isRefusal(twin.status),
    status: hostile.status,
    twinStatus: twin.status,
    requestId: hostile.headers['x-request-id'],
    judges: [],
  }
}

async function addJudges(rows: readonly TargetRow[], options: TargetOptions): Promise<readonly TargetRow[]> {
  if (options.judgements === undefined) return rows
  await wait(ledgerWaitMs)
  const events = await options.judgements()
  return rows.map((row) => {
    const { requestId } = row
    const judges = requestId === undefined ? [] : events.filter(({ traces }) => traces.includes(requestId))
    return { ...row, judges }
  })
}

function documentOf(rows: readonly TargetRow[]): ProofDocument {
  const attacks = rows.map((row) => {
    const layers = [...new Set(row.judges.map(({ column }) => column))]
    const { id, class: name, technique } = row.probe
    const all = { outcome: outcomeOf(row), layers }
    return { id, class: name, technique, valid: row.isTwinServed, cells: { all }, depth: layers.length }
  })
  const blocked = rows.filter((row) => !row.isTwinServed).length
  return { v: 1, seed: 'site', attacks, benign: { runs: rows.length, blocked }, cost: {}, singlePoints: [] }
}

/**
 * Sends each probe and its innocent twin to a site of the user's own. Only the column `all` can be filled: what stands
 * before the site cannot be switched off from here. Rejects with `ScopeError` when the site does not say the token,
 * at the start or later.
 */
export async function runTarget(options: TargetOptions): Promise<TargetProof> {
  const { scope, probes } = options
  const startedAt = Date.now()
  const messenger = createMessenger(options)
  await messenger.verify()
  const rows: TargetRow[] = []
  let isStopped = false
  for (const [done, probe] of probes.entries()) {
    options.onProgress?.({ done, total: probes.length, doing: probe.id })
    try {
      rows.push(await tryProbe(probe, messenger))
    } catch (error) {
      if (options.signal?.aborted !== true) throw error
      isStopped = true
      break
    }
  }
  options.onProgress?.({ done: probes.length, total: probes.length, doing: 'done' })
  const judged = await addJudges(rows, options)
  return {
    scope,
    startedAt,
    requests: messenger.sent(),
    rows: judged,
    isLedgerRead: options.judgements !== undefined,
    isStopped,
    document: documentOf(judged),
  }
}
