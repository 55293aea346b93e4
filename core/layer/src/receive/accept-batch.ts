import { createHash } from 'node:crypto'
import { batchLimits, batchSigningText, chainNext, escapeText } from '@sevenfold/event'
import type { BatchHeaders, Lane, SevenfoldEvent } from '@sevenfold/event'
import { verifierOf, verifySignature } from '../keys/registry.ts'
import type { RegisteredAgent } from '../keys/registry.ts'
import { epochOf, isDeclared, rememberLoss } from './agents.ts'
import type { AgentTrack, EpochTrack, OpenGap } from './agents.ts'
import { problem } from './answer.ts'
import type { Answer } from './answer.ts'
import { checkLine } from './check-line.ts'
import { noteGap, settleGaps } from './gaps.ts'
import type { JournalEntry } from './journal.ts'
import { checkPendingHeads, differs, passBoundary } from './lane-track.ts'
import type { LaneTrack } from './lane-track.ts'
import { gunzipBounded } from './read-body.ts'
import type { ReceiverCore } from './receiver-core.ts'
import type { ReceivedEvent } from './receiver-types.ts'
import { blockEnds, splitLines } from './split-lines.ts'

/** A batch whose key is known and whose signature holds. */
export interface AuthenticBatch {
  readonly headers: BatchHeaders
  readonly owner: RegisteredAgent
  readonly body: Uint8Array
  /** Chain hash that the sender gives after a gap it cannot fill, hex. */
  readonly afterGap: string | undefined
}

/** True when the body is what the key signed. */
export function isAuthentic(batch: AuthenticBatch): boolean {
  const digest = createHash('sha256').update(batch.body).digest('hex')
  return verifySignature(
    verifierOf(batch.owner),
    batchSigningText(batch.headers, digest),
    batch.headers.signature,
  )
}

interface Work {
  readonly core: ReceiverCore
  readonly batch: AuthenticBatch
  readonly agent: AgentTrack
  readonly epoch: EpochTrack
  readonly track: LaneTrack
  /** The writer had sent something before this epoch. */
  readonly wasKnown: boolean
  readonly previousEpoch: string | undefined
}

interface Chain {
  /** Hash at each block's end; empty while unknown. */
  readonly ends: readonly { sequence: number; hash: string }[]
  readonly conflict: boolean
}

/** Where the chain starts: at our own hash, at a remembered block end, or where the sender says after a gap. */
function chainStart(track: LaneTrack, batch: AuthenticBatch): string {
  const before = batch.headers.first - 1
  if (before === track.sequence && track.hash !== '') return track.hash
  return track.boundaries.get(before) ?? batch.afterGap ?? ''
}

/** Hashes the blocks and compares those that are already here. */
function computeChain(work: Work, bytes: Uint8Array, ends: readonly number[]): Chain {
  const { batch, track } = work
  let hash = chainStart(track, batch)
  let sequence = batch.headers.first - 1
  let conflict = false
  const chain = ends.map((end, index) => {
    const block = bytes.subarray(ends[index - 1] ?? 0, end)
    if (hash !== '') hash = Buffer.from(chainNext(Buffer.from(hash, 'hex'), block)).toString('hex')
    const before = sequence
    sequence += batch.headers.blocks[index] ?? 0
    if (differs(track, { before, end: sequence, hash })) conflict = true
    return { sequence, hash }
  })
  return { ends: chain, conflict }
}

/** Decodes the lines after `track.sequence`; what does not pass is reported and left out. */
function newEvents(work: Work, bytes: Uint8Array): ReceivedEvent[] {
  const { core, batch, track } = work
  const { headers, owner } = batch
  const events: ReceivedEvent[] = []
  let refused = 0
  splitLines(bytes).forEach((line, index) => {
    const sequence = headers.first + index
    if (sequence <= track.sequence) return
    const check = checkLine(line, { headers, sequence, owner })
    if (check.ok && line !== undefined) events.push({ sequence, line, event: check.event })
    else if (!check.ok) {
      refused += 1
      core.metrics.refusedEvents.inc()
      if (refused > 10) return // one hostile batch must not become a flood of reports
      const place = { epoch: headers.epoch, lane: headers.lane, first: sequence, last: sequence }
      core.report({ kind: check.kind, agent: headers.agent, message: escapeText(check.why, 200), ...place })
    }
  })
  return events
}

/** The gap before this batch, if there is one. */
function gapOf(work: Work): OpenGap | undefined {
  const { core, batch, track } = work
  const first = track.sequence + 1
  const last = batch.headers.first - 1
  if (last < first) return undefined
  return {
    epoch: batch.headers.epoch,
    lane: batch.headers.lane,
    first,
    last,
    sinceMs: core.clock.monotonicMs(),
  }
}

function reportGap(work: Work, gap: OpenGap): void {
  const { core, agent, track, wasKnown } = work
  if (track.sequence > 0 || wasKnown || isDeclared(agent, gap.lane, gap)) {
    noteGap(core, agent, gap)
    return
  }
  const { epoch, lane, first, last } = gap
  const message = 'the first batch from this writer is not its first'
  core.report({ kind: 'missed-start', message, agent: agent.id, epoch, lane, first, last })
}

/** Notices how an epoch begins. `first` is the first event of the batch if the batch starts at 1 in `high`. */
function announce(work: Work, first: SevenfoldEvent | undefined): void {
  const { core, agent, epoch, previousEpoch, batch } = work
  if (epoch.announced) return
  epoch.announced = true
  const facts = first?.sevenfold.kind === 'epoch' ? first.sevenfold.epoch : undefined
  if (!work.wasKnown) return // first contact: nothing to compare with
  const place = { agent: agent.id, epoch: epoch.id, lane: batch.headers.lane }
  if (facts === undefined || batch.headers.first !== 1)
    core.report({
      kind: 'unannounced-epoch',
      message: 'a new epoch does not start with its epoch event',
      ...place,
    })
  else if (facts.previous !== previousEpoch)
    core.report({
      kind: 'new-epoch',
      message: 'a new epoch does not follow the last one: the spool was made anew',
      ...place,
    })
  else {
    const why = facts.reason === 'created' ? 'the spool was wiped' : 'the end of the spool was lost'
    core.report({ kind: 'new-epoch', message: `a new epoch: ${why}`, ...place })
  }
}

function isCount(value: unknown): value is number {
  return typeof value === 'number' && Number.isSafeInteger(value) && value >= 0
}

/** Losses that the batch declares; only well-formed ones count. */
function declaredLosses(
  agent: string,
  events: readonly ReceivedEvent[],
): Extract<JournalEntry, { t: 'loss' }>[] {
  return events.flatMap(({ event }) => {
    const loss = event.sevenfold.kind === 'loss' ? event.sevenfold.loss : undefined
    if (loss === undefined || !isCount(loss.first) || !isCount(loss.last)) return []
    const lane: Lane = loss.lane === 'high' ? 'high' : 'low'
    return [{ t: 'loss' as const, agent, lane, first: loss.first, last: loss.last }]
  })
}

function reportHeads(work: Work): void {
  for (const { head, check } of checkPendingHeads(work.track)) {
    if (check !== 'mismatch') continue
    work.core.report({
      kind: 'chain-mismatch',
      agent: work.agent.id,
      epoch: work.epoch.id,
      lane: work.track.lane,
      last: head.sequence,
      message: 'the received blocks do not give the hash of the signed heartbeat',
    })
  }
}

async function store(work: Work, bytes: Uint8Array, chain: Chain): Promise<Answer> {
  const { core, batch, agent, epoch, track } = work
  const { headers, owner } = batch
  const end = chain.ends.at(-1) ?? { sequence: track.sequence, hash: '' }
  const position = {
    agent: agent.id,
    epoch: epoch.id,
    lane: headers.lane,
    sequence: end.sequence,
    hash: end.hash,
  }
  const events = newEvents(work, bytes)
  const losses = declaredLosses(agent.id, events)
  if (events.length > 0)
    await core.onBatch({
      part: owner.part,
      agent: agent.id,
      epoch: epoch.id,
      lane: headers.lane,
      events,
      position,
    })
  const before =
    headers.first - 1 > track.sequence
      ? { sequence: headers.first - 1, hash: batch.afterGap ?? '' }
      : { sequence: track.sequence, hash: track.hash }
  const gap = gapOf(work)
  const gaps: JournalEntry[] =
    gap === undefined || gap.lane === 'low'
      ? []
      : [{ t: 'gap', agent: agent.id, epoch: gap.epoch, first: gap.first, last: gap.last }]
  await core.journal.write([{ t: 'position', position, before }, ...losses, ...gaps])
  // From here on it is durable; what follows is bookkeeping in memory and reports.
  announce(work, events[0]?.sequence === 1 && headers.lane === 'high' ? events[0].event : undefined)
  if (gap !== undefined) reportGap(work, gap)
  if (before.sequence > track.sequence) passBoundary(track, before.sequence, before.hash)
  for (const { sequence, hash } of chain.ends)
    if (sequence > track.sequence) passBoundary(track, sequence, hash)
  for (const loss of losses) rememberLoss(agent, loss)
  settleGaps(core, agent)
  reportHeads(work)
  core.metrics.events.inc(events.length, { lane: headers.lane })
  return { status: 200, body: { through: track.sequence } }
}

function reportConflict(work: Work): void {
  const { headers } = work.batch
  const last = Math.min(
    work.track.sequence,
    headers.first + headers.blocks.reduce((sum, n) => sum + n, 0) - 1,
  )
  work.core.report({
    kind: 'conflict',
    agent: work.agent.id,
    epoch: work.epoch.id,
    lane: headers.lane,
    first: headers.first,
    last,
    message: 'other events under identities that are already taken: a copied or rolled-back data folder',
  })
}

function begin(core: ReceiverCore, batch: AuthenticBatch): Work | undefined {
  const { headers, owner } = batch
  const agent = core.agents.getOrCreate(headers.agent, owner.agentPrefix)
  if (agent === undefined) return undefined
  const wasKnown = agent.epochs.size > 0 && !(agent.epochs.size === 1 && agent.epochs.has(headers.epoch))
  const previousEpoch = [...agent.epochs.keys()].filter((id) => id !== headers.epoch).at(-1)
  const epoch = epochOf(agent, headers.epoch)
  return { core, batch, agent, epoch, track: epoch.lanes[headers.lane], wasKnown, previousEpoch }
}

/**
 * Takes an authentic batch: duplicates are acknowledged and not delivered again, a gap is answered with what is
 * expected, everything new is durable before the answer. Batches of one writer must not overlap.
 */
export async function acceptBatch(core: ReceiverCore, batch: AuthenticBatch): Promise<Answer> {
  const work = begin(core, batch)
  if (work === undefined) return problem(403, 'RECEIVE_TOO_MANY_AGENTS', 'the key names too many writers')
  const { track } = work
  const { first } = batch.headers
  if (first > track.sequence + 1 && batch.afterGap === undefined)
    return { status: 409, body: { expected: track.sequence + 1 } }
  const bytes = await gunzipBounded(batch.body, batchLimits.maxBytes)
  if (bytes === 'too-large')
    return problem(413, 'RECEIVE_TOO_LARGE', `more than ${batchLimits.maxBytes} bytes`)
  const ends = bytes === undefined ? undefined : blockEnds(bytes, batch.headers.blocks)
  if (bytes === undefined || ends === undefined)
    return problem(400, 'RECEIVE_BAD_BODY', 'the body is no gzip of the announced lines')
  const chain = computeChain(work, bytes, ends)
  if (chain.conflict) reportConflict(work)
  const last = chain.ends.at(-1)?.sequence ?? 0
  if (last > track.sequence) return store(work, bytes, chain)
  core.metrics.duplicates.inc(last - first + 1)
  return { status: 200, body: { through: track.sequence } }
}
