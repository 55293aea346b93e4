import { closeSync, existsSync, fdatasync, ftruncateSync, openSync, readFileSync, write } from 'node:fs'
import { join } from 'node:path'
import { promisify } from 'node:util'
import { isJsonObject, parseBoundedJson } from '@sevenfold/event'
import type { JsonObject } from '@sevenfold/event'
import { ensurePrivateFolder } from '../files/private-folder.ts'
import { writeAtomic } from '../files/write-atomic.ts'
import { epochOf, isDeclared, rememberLoss, restorePosition } from './agents.ts'
import type { Agents, AgentTrack } from './agents.ts'
import { maxOpenGaps } from './gaps.ts'
import { passBoundary } from './lane-track.ts'
import type { Lease } from './leases.ts'
import type { LanePosition } from './receiver-types.ts'

const writeAt = promisify(write)
const syncData = promisify(fdatasync)

/** The journal is rewritten when it grows beyond this many bytes. */
export const maxJournalBytes = 4_194_304

/** One line of the journal. */
export type JournalEntry =
  /** A lane moved on; `before` is where it stood, so that a batch sent again can be compared. */
  | {
      readonly t: 'position'
      readonly position: LanePosition
      readonly before: { sequence: number; hash: string }
    }
  | {
      readonly t: 'loss'
      readonly agent: string
      readonly lane: 'high' | 'low'
      readonly first: number
      readonly last: number
    }
  /** A gap in `high` that waits for its declaration. */
  | {
      readonly t: 'gap'
      readonly agent: string
      readonly epoch: string
      readonly first: number
      readonly last: number
    }
  | { readonly t: 'boot'; readonly agent: string; readonly boot: number }
  | ({ readonly t: 'lease'; readonly agent: string } & Lease)

/** What a receiver must not forget: written and synced before a batch is acknowledged. */
export interface Journal {
  /** Durable when it resolves. Calls may overlap. */
  write(entries: readonly JournalEntry[]): Promise<void>
  close(): Promise<void>
}

const limits = { maxTextLength: 8192, maxDepth: 4, maxNodes: 40, maxStringLength: 256 }

function text(object: JsonObject, key: string): string {
  const value = object[key]
  return typeof value === 'string' ? value : ''
}

function count(object: JsonObject, key: string): number {
  const value = object[key]
  return typeof value === 'number' && Number.isSafeInteger(value) && value >= 0 ? value : 0
}

function applyPosition(agents: Agents, entry: JsonObject): void {
  const { position, before } = entry
  if (!isJsonObject(position) || !isJsonObject(before)) return
  const agent = agents.getOrCreate(text(position, 'agent'), text(position, 'agent'))
  if (agent === undefined) return
  const lane = text(position, 'lane') === 'high' ? 'high' : 'low'
  const track = epochOf(agent, text(position, 'epoch')).lanes[lane]
  if (count(before, 'sequence') > track.sequence)
    passBoundary(track, count(before, 'sequence'), text(before, 'hash'))
  restorePosition(agents, {
    agent: agent.id,
    epoch: text(position, 'epoch'),
    lane,
    sequence: count(position, 'sequence'),
    hash: text(position, 'hash'),
  })
}

function apply(agents: Agents, entry: JsonObject, nowMs: number): void {
  if (entry['t'] === 'position') {
    applyPosition(agents, entry)
    return
  }
  const agent = agents.getOrCreate(text(entry, 'agent'), text(entry, 'agent'))
  if (agent === undefined || agent.id === '') return
  if (entry['t'] === 'boot') agent.boot = Math.max(agent.boot, count(entry, 'boot'))
  if (entry['t'] === 'lease')
    agent.lease = {
      enrolment: text(entry, 'enrolment'),
      instance: text(entry, 'instance'),
      shown: text(entry, 'shown'),
      given: text(entry, 'given'),
    }
  if (entry['t'] === 'gap' && agent.gaps.length < maxOpenGaps)
    agent.gaps.push({
      epoch: text(entry, 'epoch'),
      lane: 'high',
      first: count(entry, 'first'),
      last: count(entry, 'last'),
      sinceMs: nowMs,
    })
  if (entry['t'] === 'loss') {
    const lane = text(entry, 'lane') === 'high' ? 'high' : 'low'
    rememberLoss(agent, { lane, first: count(entry, 'first'), last: count(entry, 'last') })
  }
}

function load(path: string, agents: Agents, nowMs: number): void {
  if (!existsSync(path)) return
  for (const line of readFileSync(path, 'utf8').split('\n')) {
    // The last line may be torn by a crash: what it said was never acknowledged.
    const parsed = line === '' ? undefined : parseBoundedJson(line, limits)
    if (parsed?.ok === true && isJsonObject(parsed.value)) apply(agents, parsed.value, nowMs)
  }
  // What a loss covers was told when it was written.
  for (const agent of agents.all()) agent.gaps = agent.gaps.filter((gap) => !isDeclared(agent, gap.lane, gap))
}

function* entriesOf(agent: AgentTrack): Generator<JournalEntry> {
  if (agent.lease !== undefined) yield { t: 'lease', agent: agent.id, ...agent.lease }
  if (agent.boot > 0) yield { t: 'boot', agent: agent.id, boot: agent.boot }
  for (const loss of agent.losses) yield { t: 'loss', agent: agent.id, ...loss }
  for (const { epoch, first, last } of agent.gaps) yield { t: 'gap', agent: agent.id, epoch, first, last }
  for (const epoch of agent.epochs.values()) {
    for (const { lane, sequence, hash, boundaries } of [epoch.lanes.high, epoch.lanes.low]) {
      const earlier = [...boundaries].filter(([end]) => end < sequence).at(-1) ?? [0, '']
      const position = { agent: agent.id, epoch: epoch.id, lane, sequence, hash }
      yield { t: 'position', position, before: { sequence: earlier[0], hash: earlier[1] } }
    }
  }
}

function render(entries: Iterable<JournalEntry>): string {
  let lines = ''
  for (const entry of entries) lines += `${JSON.stringify(entry)}\n`
  return lines
}

function* allEntries(agents: Agents): Generator<JournalEntry> {
  for (const agent of agents.all()) yield* entriesOf(agent)
}

/** Loads the journal of `folder` into `agents` and opens it for writing; `nowMs` is monotonic. Throws what the file system throws. */
export function openJournal(folder: string, agents: Agents, nowMs: number): Journal {
  ensurePrivateFolder(folder)
  const path = join(folder, 'receiver.ndjson')
  load(path, agents, nowMs)
  let fd: number | undefined
  let size = 0
  // A write that failed may have left lines behind `size`: what they say was never acknowledged.
  let isTorn = false
  let last: Promise<void> = Promise.resolve()
  const rewrite = (): number => {
    if (fd !== undefined) closeSync(fd)
    fd = undefined
    const content = render(allEntries(agents))
    writeAtomic(path, content)
    size = Buffer.byteLength(content)
    fd = openSync(path, 'r+')
    isTorn = false
    return fd
  }
  rewrite()
  const append = async (entries: readonly JournalEntry[]): Promise<void> => {
    const bytes = Buffer.from(render(entries))
    const open = fd === undefined || size > maxJournalBytes ? rewrite() : fd
    if (isTorn) ftruncateSync(open, size)
    isTorn = true
    // A disk that fills up takes a part of what it is given and says so by the count.
    for (let done = 0; done < bytes.length;) {
      const { bytesWritten } = await writeAt(open, bytes, done, bytes.length - done, size + done)
      done += bytesWritten
    }
    await syncData(open)
    size += bytes.length
    isTorn = false
  }
  return {
    write: (entries) => {
      const done = last.then(() => append(entries))
      last = done.catch(() => undefined) // told to the caller; the next write tries for itself
      return done
    },
    close: async () => {
      await last
      if (fd !== undefined) closeSync(fd)
      fd = undefined
    },
  }
}
