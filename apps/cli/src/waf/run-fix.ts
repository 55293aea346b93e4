import { join } from 'node:path'
import { randomUUID } from 'node:crypto'
import { setTimeout as wait } from 'node:timers/promises'
import { parseDuration } from '@sevenfold/config'
import { changeFixes, decodeFixes, fixText, isInForce, readFixState, readFixText } from '@sevenfold/edge'
import type { AllowFix, Fix } from '@sevenfold/edge'
import { escapeText } from '@sevenfold/event'
import { askControl } from '@sevenfold/layer'
import { actor } from '../place/actor.ts'
import { dataFolder } from '../place/data-folder.ts'
import { fieldText } from '../place/field-text.ts'
import { CliError, environmentError, exitCodes, usageError } from '../program/cli-error.ts'
import type { Call } from '../program/command.ts'
import { table } from '../program/table.ts'
import { askSocket } from '../talk/ask-socket.ts'
import { allDecisions } from '../decisions/all-decisions.ts'
import { findBlocks } from './find-blocks.ts'
import { fixesFor } from './fixes-for.ts'

const second = 1000
const longestMs = 90 * 24 * 3600 * second
/** What ended longer ago than this leaves the file with the next change. */
const keepMs = 30 * 24 * 3600 * second
const confirmMs = 5 * second
const statusTimeoutMs = second

/** What became of a change: the edge has it, the edge is down and will take it at its start, or it did not answer. */
type Outcome = 'in force' | 'waits for the edge' | 'not confirmed'

function durationOf(call: Call): number {
  const text = call.text('for') ?? '24h'
  const ms = parseDuration(text)
  if (ms === undefined || ms < second || ms > longestMs)
    throw usageError('--for must be a duration from 1s to 90d', 'for example --for 24h')
  return ms
}

function reasonOf(call: Call): string {
  const reason = (call.text('reason') ?? '').trim()
  if (reason === '' || reason.length > 500)
    throw usageError(
      '--reason must say why, in up to 500 characters',
      'for example --reason "search for SQL books"',
    )
  return reason
}

async function edgeAnswers(edgeDir: string): Promise<boolean> {
  try {
    const request = { id: randomUUID(), op: 'status', actor: actor() } as const
    return (await askControl(join(edgeDir, 'control.sock'), request, statusTimeoutMs)).ok
  } catch {
    return false // down: the file is read at its start
  }
}

/** Waits until the edge says that it has the file. @throws CliError when it says that it cannot use it. */
async function confirm(edgeDir: string, digest: string): Promise<Outcome> {
  if (!(await edgeAnswers(edgeDir))) return 'waits for the edge'
  const deadline = performance.now() + confirmMs
  for (;;) {
    const state = readFixState(edgeDir)
    if (state?.digest === digest) {
      if (state.problem === '') return 'in force'
      throw environmentError(
        `the edge cannot use it: ${state.problem}`,
        'take it back with sevenfold fix --remove',
      )
    }
    if (performance.now() > deadline) return 'not confirmed'
    await wait(50)
  }
}

async function change(edgeDir: string, how: (fixes: readonly Fix[]) => readonly Fix[]): Promise<Outcome> {
  const oldest = Date.now() - keepMs
  let digest: string
  try {
    digest = await changeFixes(edgeDir, (fixes) =>
      how(fixes.filter(({ until }) => Date.parse(until) > oldest)),
    )
  } catch (error) {
    if (error instanceof CliError) throw error
    const message = error instanceof Error ? error.message : String(error)
    throw environmentError(
      `the fixes of ${edgeDir} cannot be changed: ${message}`,
      'is it the data folder of an edge on this host?',
      error,
    )
  }
  return await confirm(edgeDir, digest)
}

/** Ends the decisions themselves, where detection runs: else they would hold again when the allowance ends. */
async function endDecisions(dataDir: string, fix: AllowFix): Promise<number> {
  const ask = { socketPath: join(dataDir, 'detection', 'api.sock'), part: 'detection' }
  let ended = 0
  try {
    const { socketPath } = ask
    for (const decision of await allDecisions({ socketPath, filters: { value: fix.value } })) {
      if (fieldText(decision, 'value') !== fix.value || fieldText(decision, 'type') === 'allow') continue
      const path = `/v1/decisions/${fieldText(decision, 'id') ?? ''}`
      const body = { actor: fix.actor, reason: fix.reason }
      if ((await askSocket({ ...ask, method: 'DELETE', path, body })) !== undefined) ended += 1
    }
  } catch {
    return ended // detection is down, and the edge needs it for nothing: the allowance holds without it
  }
  return ended
}

async function add(call: Call, dataDir: string, request: string): Promise<number> {
  if (!/^[\w.:-]{4,128}$/.test(request))
    throw usageError(
      'a request id has 4 to 128 letters, digits, dots and hyphens',
      'it stands on the block page and in X-Request-Id',
    )
  const forMs = durationOf(call)
  const reason = reasonOf(call)
  const blocks = await findBlocks(dataDir, request)
  if (blocks.length === 0)
    throw new CliError(
      exitCodes.findings,
      `no block of request ${request} is known here`,
      'run this on the host of the edge; repeats of one rule from one source are counted, not kept one by one',
    )
  const now = Date.now()
  const [created, until] = [new Date(now).toISOString(), new Date(now + forMs).toISOString()]
  const fixes = fixesFor(blocks, { request, created, until, actor: actor(), reason })
  const outcome = await change(join(dataDir, 'edge'), (known) => [...known, ...fixes])
  let ended = 0
  for (const fix of fixes) if (fix.kind === 'allow') ended += await endDecisions(dataDir, fix)
  if (call.json) call.io.out(JSON.stringify({ outcome, fixes, decisionsEnded: ended }))
  else {
    for (const fix of fixes) call.io.out(`${fix.id}: ${escapeText(fixText(fix), 300)}`)
    if (ended > 0) call.io.out(`decisions ended: ${ended}`)
    call.io.out(outcome)
  }
  return outcome === 'not confirmed' ? exitCodes.findings : exitCodes.ok
}

async function remove(call: Call, dataDir: string, id: string): Promise<number> {
  const gone: string[] = []
  const now = Date.now()
  const removed = { at: new Date(now).toISOString(), actor: actor() }
  const outcome = await change(join(dataDir, 'edge'), (known) =>
    known.map((fix) => {
      if ((fix.id !== id && fix.request !== id) || !isInForce(fix, now)) return fix
      gone.push(fix.id)
      return { ...fix, removed }
    }),
  )
  if (call.json) call.io.out(JSON.stringify({ outcome, removed: gone }))
  else if (gone.length > 0) call.io.out(`${gone.join(', ')}: taken back, ${outcome}`)
  else call.io.note(`sevenfold: no fix ${escapeText(id, 128)} is in force; sevenfold fix --list shows all`)
  return gone.length === 0 || outcome === 'not confirmed' ? exitCodes.findings : exitCodes.ok
}

function list(call: Call, dataDir: string): number {
  const edgeDir = join(dataDir, 'edge')
  let fixes: readonly Fix[]
  try {
    const text = readFixText(edgeDir)
    fixes = text === undefined ? [] : decodeFixes(text)
  } catch (error) {
    const message = error instanceof Error ? error.message : String(error)
    throw environmentError(
      `the fixes of ${edgeDir} cannot be read: ${message}`,
      'mend or remove exclusions.json in that folder',
      error,
    )
  }
  const now = Date.now()
  const ids = new Set(readFixState(edgeDir)?.ids)
  const stateOf = (fix: Fix): string =>
    fix.removed !== undefined
      ? 'taken back'
      : !isInForce(fix, now)
        ? 'ended'
        : ids.has(fix.id)
          ? 'in force'
          : 'waits'
  if (call.json) call.io.out(JSON.stringify(fixes.map((fix) => ({ ...fix, state: stateOf(fix) }))))
  else if (fixes.length === 0) call.io.out('no fixes')
  else
    call.io.out(
      table(
        ['id', 'state', 'what', 'by', 'reason', 'request'],
        fixes.map((fix) => [fix.id, stateOf(fix), fixText(fix), fix.actor, fix.reason, fix.request]),
      ),
    )
  return exitCodes.ok
}

/** Adds, takes back or lists fixes. Resolves to the exit code. @throws CliError. */
export async function runFix(call: Call): Promise<number> {
  const [request] = call.words
  const gone = call.text('remove')
  const ways = [request !== undefined, gone !== undefined, call.flag('list')].filter(Boolean).length
  if (ways !== 1) throw usageError('name one request, or --list, or --remove ID', 'see sevenfold fix --help')
  const dataDir = await dataFolder(call)
  if (gone !== undefined) return await remove(call, dataDir, gone)
  if (request !== undefined) return await add(call, dataDir, request)
  return list(call, dataDir)
}
